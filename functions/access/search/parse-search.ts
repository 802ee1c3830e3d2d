import * as v from 'valibot'
import { fieldsError } from '../../../shared/domain/values/errors.ts'
import { openObject } from '../../../shared/domain/values/open-object.ts'
import { validate } from '../../../shared/domain/values/validate.ts'
import { Action, AnyObject, context, Entity, type JsonObject, properties } from '../decisions/parse.ts'

/** A page has fewer; beyond it, a number isn't exact. */
const mostAsked = 2 ** 31 - 1

/** AuthZEN 1.0, section 8.2.1. */
const page = v.optional(
  openObject({
    token: v.optional(v.string()),
    limit: v.optional(
      v.pipe(
        v.number(),
        v.integer('must be a whole number'),
        v.minValue(0, 'must not be less than 0'),
        v.maxValue(mostAsked, `must not be more than ${mostAsked}`),
      ),
    ),
    properties: v.optional(AnyObject),
  }),
)

/** What is searched for: an `id` is ignored (sections 8.4.1 and 8.5.1). */
const Kind = openObject({ type: v.string(), properties })

/** Sections 8.4.1, 8.5.1 and 8.6.1. */
const searches = {
  subject: v.object({ subject: Kind, action: Action, resource: Entity, context, page }),
  resource: v.object({ subject: Entity, action: Action, resource: Kind, context, page }),
  action: v.object({ subject: Entity, resource: Entity, context, page }),
}

/** What a caller may send: with the token of a page, all that stands beside `page` may be left out. */
export const SubjectSearch = v.partial(searches.subject)
export const ResourceSearch = v.partial(searches.resource)
export const ActionSearch = v.partial(searches.action)

export type SearchKind = keyof typeof searches
type Named = { type: string; id?: string | undefined }

/** The part of a search that its results depend on. */
export type Query = { subject: Named; action?: { name: string }; resource: Named }
export type Search = {
  query: Query
  /** As the first page asked for. */
  limit: number | undefined
  /** Where the page begins. */
  after: Record<string, string> | undefined
}

/**
 * Parses a search. `open` returns what a page's token holds (`sealed`), which stands for what the body leaves out. Throws
 * `invalid-request`, also if the body says anything but what the page before was asked with.
 */
export async function parseSearch(
  kind: SearchKind,
  body: JsonObject,
  open: (token: string) => Promise<Record<string, string>>,
): Promise<Search> {
  const asked = validate(v.object({ page }), body).page
  if (asked?.token === undefined) return { query: queryOf(kind, body), limit: asked?.limit, after: undefined }
  const { query: text = '', limit: most = '', ...after } = await open(asked.token)
  const query = queryOf(kind, { ...JSON.parse(text), ...body })
  const limit = most === '' ? undefined : Number(most)
  if (JSON.stringify(query) !== text || (asked.limit ?? limit) !== limit) throw anotherSearch()
  return { query, limit, after: Object.keys(after).length > 0 ? after : undefined }
}

/** What a token holds, for the page that begins there. */
export function sealed({ query, limit }: Search, next: Record<string, string>): Record<string, string> {
  return { ...next, query: JSON.stringify(query), limit: limit === undefined ? '' : String(limit) }
}

function queryOf(kind: SearchKind, body: JsonObject): Query {
  if (kind === 'action') {
    const { subject, resource } = validate(searches.action, body)
    return { subject: entity(subject), resource: entity(resource) }
  }
  const { subject, action, resource } = validate(searches[kind], body)
  const found = { subject, resource }[kind]
  return {
    subject: found === subject ? { type: subject.type } : entity(subject),
    action: { name: action.name },
    resource: found === resource ? { type: resource.type } : entity(resource),
  }
}

const entity = ({ type, id }: Named): Named => ({ type, id })

export const anotherSearch = () =>
  fieldsError('invalid-request', [
    { pointer: '/page/token', detail: 'must be the next_token of the page before, in the same search' },
  ])
