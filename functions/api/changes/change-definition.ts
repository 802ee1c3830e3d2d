import type { Context } from 'hono'
import type { Context as Acting, ChangePlan } from '../../../shared/directory/change/change-plan.ts'
import type { Current } from '../../../shared/http/response/preconditions.ts'
import type { RequestContext } from '../authorization/request-context.ts'
import { etagOfAnswer } from '../routing/etag.ts'
import type { BodySchema } from './read-request.ts'

/** What a change is answered, in the form in which it can be given again. */
export type StoredAnswer = {
  status: 200 | 201 | 204
  body?: string | undefined
  etag?: string | undefined
  location?: string | undefined
}

/** With the ETag that a GET that follows gives. */
export function answerOf(status: 200 | 201, shown: object, location?: string): StoredAnswer {
  return { status, body: JSON.stringify(shown), etag: etagOfAnswer(shown), location }
}

export function toResponse(c: Context, { status, body, etag, location }: StoredAnswer): Response {
  const headers: Record<string, string> = {}
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  if (etag !== undefined) headers.ETag = etag
  if (location !== undefined) headers.Location = location
  return c.newResponse(body ?? null, status, headers)
}

/** A call that changes something: what it says, and on whose behalf it's planned. */
export type ChangeCall<B> = RequestContext & { body: B; context: Acting }

/** What one changing route adds to the conventions, which `run` keeps for all of them. */
export type ChangeDefinition<B, Loaded, After> = {
  body: BodySchema<B>
  /** Throws for a body that nothing could make fit; before anything is looked up by it. */
  check?: (asked: ChangeCall<B>) => void
  /** What is changed, as it is; `undefined` where something is added to a collection. */
  load: (call: RequestContext) => Loaded | Promise<Loaded>
  /** What the request's preconditions speak of, and whether one of them has to be `If-Match`. */
  matches: {
    required: boolean
    current: (call: RequestContext, loaded: Loaded) => Current
  }
  plan: (asked: ChangeCall<B>, loaded: Loaded) => ChangePlan<After> | Promise<ChangePlan<After>>
  answer: (call: RequestContext, after: After, loaded: Loaded) => StoredAnswer
}
