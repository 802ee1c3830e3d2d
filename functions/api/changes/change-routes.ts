import type { ChangePlan } from '../../../shared/directory/change/change-plan.ts'
import type { Current } from '../../../shared/http/response/preconditions.ts'
import type { RequestContext } from '../authorization/request-context.ts'
import { etagOfShown } from '../routing/etag.ts'
import { presentOrFail, type Presenter, presentOrNotFound, type Resource } from '../routing/resource.ts'
import type { Common, Route, RouteResponse } from '../routing/route.ts'
import {
  type ChangeCall,
  type ChangeDefinition,
  type ChangeResponse,
  responseOf,
} from './change-definition.ts'
import { type BodySchema, noBody } from './read-request.ts'
import { runChange } from './run-change.ts'

type Plan<B, Loaded, After> = (
  call: ChangeCall<B>,
  loaded: Loaded,
) => ChangePlan<After> | Promise<ChangePlan<After>>

/** Place of what a change creates, below the API's base URL. */
type PlaceOf<After> = (call: RequestContext, after: After) => string

type Creation<B, After> = Common & {
  body: BodySchema<B>
  shows: Presenter<After>
  at: PlaceOf<After>
  plan: Plan<B, undefined, After>
}

/** Adds something to a collection: 201, with its place. */
export function create<B, After>(definition: Creation<B, After>): Route {
  const { body, shows, at, plan, ...common } = definition
  return changeRoute(common, 'post', createdResponse(shows), {
    body,
    load: () => undefined,
    precondition: ofCollection,
    plan,
    respond: (call, after) =>
      responseOf(201, presentOrFail(shows, call, after), urlOf(call, at(call, after))),
  })
}

/** A change of one resource; `If-Match` is compared with its ETag as shown. */
type OnResource<B, T, Loaded extends T, After> = Common & {
  of: Resource<T, Loaded>
  ifMatch?: 'required'
  plan: Plan<B, Loaded, After>
}

type Update<B, T, Loaded extends T> = OnResource<B, T, Loaded, T> &
  Pick<ChangeDefinition<B, Loaded, T>, 'body' | 'check'> & {
    method: 'put' | 'patch'
    /** 201 where there was nothing at that place. */
    creates?: true
  }

/** Changes a resource: 200 with what it is from now on. */
export function update<B, T, Loaded extends T>(definition: Update<B, T, Loaded>): Route {
  const { method, of, body, check, creates, plan, ifMatch, ...common } = definition
  const response: RouteResponse = {
    status: 200,
    ...(creates && { alsoStatus: 201 }),
    schema: of.schema,
    etag: true,
  }
  return changeRoute(common, method, response, {
    body,
    ...(check && { check }),
    load: of.load,
    precondition: creates ? ofPlace(of) : ofExisting(of, ifMatch),
    plan,
    respond: (call, after, loaded) =>
      responseOf(creates && !of.show(call, loaded) ? 201 : 200, presentOrFail(of, call, after)),
  })
}

/** Deletes a resource: 204. */
export function remove<T, Loaded extends T>(definition: OnResource<unknown, T, Loaded, undefined>): Route {
  const { of, plan, ifMatch, ...common } = definition
  return changeRoute(
    common,
    'delete',
    { status: 204 },
    {
      body: noBody,
      load: of.load,
      precondition: ofExisting(of, ifMatch),
      plan,
      respond: () => ({ status: 204 }),
    },
  )
}

type Action<B, T, Loaded extends T, After> = OnResource<B, T, Loaded, After> & {
  /** `noBody` where the path says all. */
  body: BodySchema<B>
  /** The place of what the action creates, which makes the status 201. */
  at?: PlaceOf<After>
  /** For a response that lists several resources: a list has no ETag. */
  etag?: false
}

/** Does something to a resource by a POST: 200 with what it is from now on, or with what `shows` presents. */
export function action<B, T, Loaded extends T>(
  definition: Action<B, T, Loaded, T> & { shows?: undefined },
): Route
export function action<B, T, Loaded extends T, After>(
  definition: Action<B, T, Loaded, After> & { shows: Presenter<After> },
): Route
export function action<B, T, Loaded extends T, After>(
  definition:
    | (Action<B, T, Loaded, T> & { shows?: undefined })
    | (Action<B, T, Loaded, After> & { shows: Presenter<After> }),
): Route {
  return definition.shows
    ? actionShowing(definition, definition.shows)
    : actionShowing(definition, definition.of)
}

function actionShowing<B, T, Loaded extends T, After>(
  definition: Action<B, T, Loaded, After> & { shows?: unknown },
  shows: Presenter<After>,
): Route {
  const { of, body, plan, ifMatch, at, etag = true, shows: _shows, ...common } = definition
  const response: RouteResponse = at
    ? createdResponse(shows)
    : { status: 200, schema: shows.schema, ...(etag && { etag }) }
  return changeRoute(common, 'post', response, {
    body,
    load: of.load,
    precondition: ofExisting(of, ifMatch),
    plan,
    respond: (call, after): ChangeResponse => {
      const shown = presentOrFail(shows, call, after)
      if (at) return responseOf(201, shown, urlOf(call, at(call, after)))
      return etag ? responseOf(200, shown) : { status: 200, body: JSON.stringify(shown) }
    },
  })
}

const createdResponse = ({ schema }: Pick<Presenter<never>, 'schema'>): RouteResponse => ({
  status: 201,
  schema,
  etag: true,
  location: true,
})
const urlOf = ({ deps }: RequestContext, path: string) => `${deps.publicUrl}${path}`

/** A list is always there, and has no ETag. */
const ofCollection = { required: false, current: (): Current => ({}) }

function ofExisting<T, Loaded extends T>(of: Resource<T, Loaded>, ifMatch?: 'required') {
  const current = (call: RequestContext, loaded: Loaded) => currentOf(presentOrNotFound(of, call, loaded))
  return { required: ifMatch === 'required', current }
}

function ofPlace<T, Loaded extends T>(of: Resource<T, Loaded>) {
  return {
    required: false,
    current: (call: RequestContext, loaded: Loaded) => currentOf(of.show(call, loaded)),
  }
}

const currentOf = (shown: object | undefined): Current => shown && { etag: etagOfShown(shown) }

function changeRoute<B, Loaded, After>(
  common: Common,
  method: Route['method'],
  response: RouteResponse,
  definition: ChangeDefinition<B, Loaded, After>,
): Route {
  const { body, precondition } = definition
  return {
    ...common,
    method,
    query: {},
    changes: true,
    response,
    ...(body !== noBody && { body }),
    ...(precondition !== ofCollection && { ifMatch: precondition.required ? 'required' : 'honoured' }),
    handle: (deps, c) => runChange(common.right, definition, deps, c),
  }
}
