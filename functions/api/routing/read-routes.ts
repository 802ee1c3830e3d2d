import type { Context } from 'hono'
import type * as v from 'valibot'
import { publicFor } from '../../../shared/http/response/common-headers.ts'
import { respondWithEtag } from '../../../shared/http/response/etag.ts'
import { isNotModified, preconditionsOf } from '../../../shared/http/response/preconditions.ts'
import type { Page, PageRequest } from '../../../shared/table/query.ts'
import { recordCallUsage } from '../../../shared/usage/record-usage.ts'
import { type RequestContext, authenticateAndAuthorize } from '../authorization/request-context.ts'
import { isWhollyEtagged, etaggedPart, withEtag } from './etag.ts'
import type { Representation, RepresentationName } from '../schemas.ts'
import { pageOf, type QueryOf, readListQuery, readQuery } from './query.ts'
import { presentOrNotFound, type Resource } from './resource.ts'
import type { Common, Route } from './route.ts'

/** Route that shows one resource, with its ETag. */
export function read<T, Loaded extends T>({ of, ...common }: Common & { of: Resource<T, Loaded> }): Route {
  return {
    ...common,
    method: 'get',
    query: {},
    changes: false,
    response: { status: 200, schema: of.schema, etag: true },
    handle: async (deps, c) => {
      const call = await authenticateAndAuthorize(deps, c, common.right)
      readQuery(c, {})
      const shown = presentOrNotFound(of, call, await of.load(call))
      const response = respondWithEtag(c, shown, {
        etagged: etaggedPart(shown),
        isWhole: isWhollyEtagged(shown),
      })
      return recorded(call, response)
    },
  }
}

type ListDefinition<T, Q extends v.ObjectEntries, Name extends RepresentationName> = Common & {
  /** Filters: every list is paged besides. */
  query: Q
  /** Each item is a resource of its own and carries its ETag, so that it needn't be read before it is changed. */
  etags?: true
  schema: Name
  find: (call: RequestContext & { filters: QueryOf<Q> }, part: PageRequest) => Page<T> | Promise<Page<T>>
  show: (call: RequestContext, item: T) => Representation<Name>
}

/** Route that shows a page of a list. */
export function list<T, Q extends v.ObjectEntries, Name extends RepresentationName>(
  definition: ListDefinition<T, Q, Name>,
): Route {
  const { schema, etags, find, show, ...common } = definition
  const present = etags ? (call: RequestContext, item: T) => withEtag(show(call, item)) : show
  return {
    ...common,
    method: 'get',
    changes: false,
    response: { status: 200, schema, list: true },
    handle: async (deps, c) => {
      const call = await authenticateAndAuthorize(deps, c, common.right)
      const query = readListQuery(c, common.query)
      const page = pageOf(deps, c, query)
      const found = await find({ ...call, filters: query.filters }, page)
      return recorded(call, conditionally(c, c.json(page.present(found, (item) => present(call, item)))))
    },
  }
}

type CustomDefinition = Common &
  Pick<Route, 'method' | 'response' | 'body'> &
  Partial<Pick<Route, 'query'>> & {
    respond: (call: RequestContext) => Response | Promise<Response>
  }

/** A route that makes its response itself, being neither a resource nor a list. */
export function custom({ respond, ...definition }: CustomDefinition): Route {
  return {
    query: {},
    ...definition,
    changes: false,
    handle: async (deps, c) => {
      const call = await authenticateAndAuthorize(deps, c, definition.right)
      const whole = await respond(call)
      // Preconditions are about a representation, which a POST has none of.
      const response = definition.method === 'get' ? conditionally(c, whole) : whole
      const { maxAge } = definition.response
      if (maxAge !== undefined) response.headers.set('Cache-Control', publicFor(maxAge))
      return recorded(call, response)
    },
  }
}

function recorded(call: RequestContext, response: Response): Response {
  recordCallUsage(call.deps, call.access.usage, 'read')
  return response
}

/** Preconditions on a representation without an ETag: `*` matches it, and no ETag does. */
function conditionally(c: Context, response: Response): Response {
  if (!isNotModified(preconditionsOf(c), {}, { isWhole: false })) return response
  const headers = new Headers(response.headers)
  headers.delete('Content-Type')
  return new Response(null, { status: 304, headers })
}
