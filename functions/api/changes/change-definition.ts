import type { Context } from 'hono'
import type { ChangePlan, Context as ChangeContext } from '../../../shared/directory/change/change-plan.ts'
import type { Current } from '../../../shared/http/response/preconditions.ts'
import type { RequestContext } from '../authorization/request-context.ts'
import { etagOfShown } from '../routing/etag.ts'
import type { BodySchema } from './read-request.ts'

/** Response to a change, in a form that can be stored and sent again. */
export type ChangeResponse = {
  status: 200 | 201 | 204
  body?: string | undefined
  etag?: string | undefined
  location?: string | undefined
}

/** Its ETag is the one that a following GET sends. */
export function responseOf(status: 200 | 201, shown: object, location?: string): ChangeResponse {
  return { status, body: JSON.stringify(shown), etag: etagOfShown(shown), location }
}

export function toResponse(c: Context, { status, body, etag, location }: ChangeResponse): Response {
  const headers: Record<string, string> = {}
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  if (etag !== undefined) headers.ETag = etag
  if (location !== undefined) headers.Location = location
  return c.newResponse(body ?? null, status, headers)
}

/** A changing request with its body; `context` says on whose behalf the change is planned. */
export type ChangeCall<B> = RequestContext & { body: B; context: ChangeContext }

/** One changing route; `runChange` keeps the conventions for all of them. */
export type ChangeDefinition<B, Loaded, After> = {
  body: BodySchema<B>
  /** Throws for a body that no state of the resource could make valid; called before anything is looked up by it. */
  check?: (call: ChangeCall<B>) => void
  /** Reads the resource; `undefined` where something is added to a collection. */
  load: (call: RequestContext) => Loaded | Promise<Loaded>
  /** The state that the request's preconditions are compared with, and whether `If-Match` is required. */
  precondition: {
    required: boolean
    current: (call: RequestContext, loaded: Loaded) => Current
  }
  plan: (call: ChangeCall<B>, loaded: Loaded) => ChangePlan<After> | Promise<ChangePlan<After>>
  respond: (call: RequestContext, after: After, loaded: Loaded) => ChangeResponse
}
