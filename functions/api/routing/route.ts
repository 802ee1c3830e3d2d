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
  /** Parameters of the query, but for `dryRun`. */
  query: v.ObjectEntries
  /** Fields that it doesn't name are refused. */
  body?: v.GenericSchema
  answer: Answer
  /** Takes `dryRun`, `Idempotency-Key` and `X-Reason`. */
  changes: boolean
  ifMatch?: 'required' | 'honoured'
  /** Errors are AuthZEN's JSON strings instead of problem details. */
  errors?: 'text'
  handle: Handler
}

export type Handler = (deps: ApiDeps, c: Context<ApiEnv>) => Promise<Response>

export type Answer = {
  status: 200 | 201 | 202 | 204
  /** Absent: no body, or, with a `type`, none that a schema describes. */
  schema?: RepresentationName
  /** A page of them. */
  list?: true
  /** Other than JSON; with a schema, if that is asked for. */
  type?: 'application/x-ndjson' | 'text/csv' | 'text/html'
  /** The same for everybody, who may keep it for so long, in seconds. */
  maxAge?: number
  etag?: true
  location?: true
  /** Where something was put in the place of nothing. */
  alsoStatus?: 201
}

/** What every definition of a route begins with. */
export type Common = Pick<Route, 'path' | 'id' | 'summary' | 'right'>
