import type { ChangePlan } from '../../../shared/directory/change/change-plan.ts'
import type { Current } from '../../../shared/http/response/preconditions.ts'
import type { RequestContext } from '../authorization/request-context.ts'
import { etagOfAnswer } from '../routing/etag.ts'
import { presentOrFail, type Presenter, presentOrNotFound, type Resource } from '../routing/resource.ts'
import type { Answer, Common, Route } from '../routing/route.ts'
import { answerOf, type ChangeCall, type ChangeDefinition } from './change-definition.ts'
import { type BodySchema, noBody } from './read-request.ts'
import { runChange } from './run-change.ts'

type Planned<After> = ChangePlan<After> | Promise<ChangePlan<After>>
type Of<T, Loaded extends T> = Common & { of: Resource<T, Loaded> }
type IfMatch = { ifMatch?: 'required' }
type Takes<B> = { body: BodySchema<B> }
/** Where something new will be, below the API's base URL. */
type At<After> = { at: (call: RequestContext, after: After) => string }

/** Adds something to a collection: 201, with its place. */
export function create<B, After>(
  definition: Common &
    Takes<B> &
    At<After> & { shows: Presenter<After>; plan: (asked: ChangeCall<B>) => Planned<After> },
): Route {
  const { body, shows, at, plan, ...common } = definition
  return changing(common, 'post', created(shows), {
    body,
    load: () => undefined,
    matches: aCollection,
    plan,
    answer: (call, after) => answerOf(201, presentOrFail(shows, call, after), placeOf(call, at(call, after))),
  })
}

type Update<B, T, Loaded extends T> = Of<T, Loaded> &
  IfMatch &
  Takes<B> & {
    method: 'put' | 'patch' | 'post'
    plan: (asked: ChangeCall<B>, loaded: Loaded) => Planned<T>
  }

/** Changes what is there. */
export function update<B, T, Loaded extends T>(definition: Update<B, T, Loaded>): Route {
  const { method, of, body, plan, ifMatch, ...common } = definition
  return changing(
    common,
    method,
    { status: 200, schema: of.schema, etag: true },
    {
      body,
      load: of.load,
      matches: asShown(of, ifMatch),
      plan,
      answer: (call, after) => answerOf(200, presentOrFail(of, call, after)),
    },
  )
}

/** As `update`, by a POST without a body: the path says all. */
export function act<T, Loaded extends T>(
  definition: Omit<Update<unknown, T, Loaded>, 'method' | 'body'>,
): Route {
  return update({ ...definition, method: 'post', body: noBody })
}

/** Puts something at its place, where there may be none yet: 201 then, else 200. */
export function put<B, T, Loaded extends T>(
  definition: Of<T, Loaded> &
    Takes<B> &
    Pick<ChangeDefinition<B, Loaded, T>, 'check'> & {
      plan: (asked: ChangeCall<B>, loaded: Loaded) => Planned<T>
    },
): Route {
  const { of, body, check, plan, ...common } = definition
  return changing(
    common,
    'put',
    { status: 200, alsoStatus: 201, schema: of.schema, etag: true },
    {
      body,
      ...(check && { check }),
      load: of.load,
      matches: { required: false, current: (call, loaded) => tagged(of.show(call, loaded)) },
      plan,
      answer: (call, after, loaded) =>
        answerOf(of.show(call, loaded) ? 200 : 201, presentOrFail(of, call, after)),
    },
  )
}

/** Takes away what is there. */
export function remove<T, Loaded extends T>(
  definition: Of<T, Loaded> &
    IfMatch & { plan: (asked: ChangeCall<unknown>, loaded: Loaded) => Planned<undefined> },
): Route {
  const { of, plan, ifMatch, ...common } = definition
  return changing(
    common,
    'delete',
    { status: 204 },
    {
      body: noBody,
      load: of.load,
      matches: asShown(of, ifMatch),
      plan,
      answer: () => ({ status: 204 }),
    },
  )
}

type Exchange<B, T, Loaded extends T, After> = Of<T, Loaded> &
  IfMatch &
  Takes<B> & {
    shows: Presenter<After>
    plan: (asked: ChangeCall<B>, loaded: Loaded) => Planned<After>
  }

/** A POST at one thing that is answered with another: 201 and its place where that is new. */
export function exchange<B, T, Loaded extends T, After>(
  definition: Exchange<B, T, Loaded, After> & Partial<At<After>>,
): Route {
  const { of, body, plan, ifMatch, shows, at, ...common } = definition
  const answer: Answer = at ? created(shows) : { status: 200, schema: shows.schema, etag: true }
  return changing(common, 'post', answer, {
    body,
    load: of.load,
    matches: asShown(of, ifMatch),
    plan,
    answer: (call, after) => {
      const shown = presentOrFail(shows, call, after)
      return at ? answerOf(201, shown, placeOf(call, at(call, after))) : answerOf(200, shown)
    },
  })
}

/** Changes several things below one, all or none: 200 with all of them, and no ETag, which a list has none of. */
export function together<B, T, Loaded extends T, After>(
  definition: Of<T, Loaded> &
    Takes<B> & { shows: Presenter<After>; plan: (asked: ChangeCall<B>, loaded: Loaded) => Planned<After> },
): Route {
  const { of, body, shows, plan, ...common } = definition
  return changing(
    common,
    'post',
    { status: 200, schema: shows.schema },
    {
      body,
      load: of.load,
      matches: asShown(of),
      plan,
      answer: (call, after) => ({ status: 200, body: JSON.stringify(presentOrFail(shows, call, after)) }),
    },
  )
}

const created = ({ schema }: Pick<Presenter<never>, 'schema'>): Answer => ({
  status: 201,
  schema,
  etag: true,
  location: true,
})
const placeOf = ({ deps }: RequestContext, path: string) => `${deps.publicUrl}${path}`

function asShown<T, Loaded extends T>(of: Resource<T, Loaded>, ifMatch?: IfMatch['ifMatch']) {
  const current = (call: RequestContext, loaded: Loaded) => tagged(presentOrNotFound(of, call, loaded))
  return { required: ifMatch === 'required', current }
}

const tagged = (shown: object | undefined): Current => shown && { etag: etagOfAnswer(shown) }
/** A list is always there, and has no ETag. */
const aCollection = { required: false, current: (): Current => ({}) }

function changing<B, Loaded, After>(
  common: Common,
  method: Route['method'],
  answer: Answer,
  definition: ChangeDefinition<B, Loaded, After>,
): Route {
  const { body, matches } = definition
  return {
    ...common,
    method,
    query: {},
    changes: true,
    answer,
    ...(body !== noBody && { body }),
    ...(matches !== aCollection && { ifMatch: matches.required ? 'required' : 'honoured' }),
    handle: (deps, c) => runChange(common.right, definition, deps, c),
  }
}
