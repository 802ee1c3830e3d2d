import { checkHead } from '../../shared/http/request/head-limit.ts'
import { publicFor } from '../../shared/http/response/common-headers.ts'
import { corsHeaders, isPreflight } from '../../shared/http/response/cors.ts'
import { allowHeaders, noRoute } from '../../shared/http/response/methods.ts'
import { isNotModified } from '../../shared/http/response/preconditions.ts'
import type { AccessDeps } from './caller/deps.ts'
import { metadataOf } from './metadata.ts'
import { readObject } from './decisions/parse.ts'
import { freshnessOf } from './caller/fresh-reads.ts'
import type { Target } from './paths.ts'
import { scopeOf } from './caller/scope.ts'

/** A request as API Gateway hands it over; the names of headers are in lower case. */
export type AccessRequest = {
  method: string
  /** Without the question mark. */
  query: string
  urlLength: number
  headers: Readonly<Record<string, string | undefined>>
  bytes: () => Uint8Array
}

export type Reply = { status: number; headers: Record<string, string>; body: string }

/** Seconds for which anybody may cache the metadata. */
const metadataMaxAge = 3600

/**
 * Answers a request; `headers` gathers what an error response carries too. Throws a `DomainError`, or whatever reading the
 * table threw.
 */
export async function replyTo(
  deps: AccessDeps,
  request: AccessRequest,
  target: Target | undefined,
  headers: Record<string, string>,
): Promise<Reply> {
  const { method } = request
  const given = Object.entries(request.headers).map(([name, value = '']): [string, string] => [name, value])
  checkHead(request.urlLength, given)
  const methods = target?.methods ?? []
  if (addCors(deps, request, methods, headers)) return { status: 204, headers, body: '' }
  if (!target || !methods.includes(method)) {
    if (target) Object.assign(headers, allowHeaders(methods))
    throw noRoute(methods)
  }
  if (method === 'OPTIONS')
    return { status: 204, headers: { ...headers, ...allowHeaders(methods) }, body: '' }
  if (target.kind === 'metadata') return metadataReply(deps, request, target.customerId, headers)
  const { customerId, endpoint } = target
  const scope = await scopeOf(deps, customerId, request.headers.authorization)
  const { query, headers: own } = request
  const freshness = await freshnessOf(deps, customerId, { query, token: own['x-consistency-token'] })
  const body = readObject(own['content-type'], request.bytes())
  return json(await endpoint(deps, customerId, scope, body, freshness), headers)
}

/** Returns true for a preflight that is answered by them. */
function addCors(
  { corsOrigins = [] }: AccessDeps,
  { method, headers: given }: AccessRequest,
  methods: readonly string[],
  headers: Record<string, string>,
): boolean {
  if (corsOrigins.length === 0) return false
  const { isAnswered, headers: added } = corsHeaders(corsOrigins, {
    origin: given.origin,
    isPreflight: isPreflight(method, given['access-control-request-method']),
    methods,
  })
  Object.assign(headers, added, { Vary: 'Origin' })
  return isAnswered
}

function metadataReply(
  deps: AccessDeps,
  { headers: given }: AccessRequest,
  customerId: string,
  headers: Record<string, string>,
): Reply {
  const reply = json(metadataOf(deps, customerId), headers)
  const preconditions = { ifMatch: given['if-match'], ifNoneMatch: given['if-none-match'] }
  // It has no ETag: `*` matches it, and no ETag does.
  const isKnown = isNotModified(preconditions, {}, { isWhole: false })
  const cached = { 'Cache-Control': publicFor(metadataMaxAge) }
  if (isKnown) return { status: 304, headers: { ...headers, ...cached }, body: '' }
  return { ...reply, headers: { ...reply.headers, ...cached } }
}

const json = (answer: object, headers: Record<string, string>): Reply => ({
  status: 200,
  headers: { ...headers, 'Content-Type': 'application/json' },
  body: JSON.stringify(answer),
})
