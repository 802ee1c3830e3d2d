import type { Context } from 'hono'
import type * as v from 'valibot'
import type { AccessRule } from '../authorization/access-rule.ts'
import type { ApiDeps, ApiEnv } from '../authorization/deps.ts'
import type { RepresentationName } from '../schemas.ts'

/** One route, as data: Hono's routing, the OpenAPI document and the tests' matrices are made from the list of them. */
export type Route = {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** In OpenAPI's notation: `/v1/customers/{c}/users/{u}`. */
  path: string
  /** The document's operationId: verb and noun. */
  id: string
  /** One line. */
  summary: string
  right: AccessRule
  /** Parameters of the query except `dryRun`. */
  query: v.ObjectEntries
  /** Rejects unknown fields. */
  body?: v.GenericSchema
  response: RouteResponse
  /** Takes `dryRun`, `Idempotency-Key` and `X-Reason`. */
  changes: boolean
  ifMatch?: 'required' | 'honoured'
  handle: Handler
}

type Handler = (deps: ApiDeps, c: Context<ApiEnv>) => Promise<Response>

export type RouteResponse = {
  status: 200 | 201 | 202 | 204
  /** Absent: no body, or, with a `type`, one that no schema describes. */
  schema?: RepresentationName
  /** A page of items of the schema. */
  list?: true
  /** Media type in place of JSON; with a schema, beside JSON. */
  type?: 'application/x-ndjson' | 'text/csv' | 'text/html'
  /** The same for all callers, who may cache it for so many seconds. */
  maxAge?: number
  etag?: true
  location?: true
  /** Status where a PUT has created the resource. */
  alsoStatus?: 201
}

/** Fields of every definition of a route. */
export type Common = Pick<Route, 'path' | 'id' | 'summary' | 'right'>
