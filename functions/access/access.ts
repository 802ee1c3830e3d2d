import { type EventPath, pathOfEvent } from '../../shared/http/request/event-path.ts'
import { loggableId } from '../../shared/http/request/request-id.ts'
import { bearerChallenge } from '../../shared/http/response/challenge.ts'
import { commonHeaders } from '../../shared/http/response/common-headers.ts'
import { reportProblem } from '../../shared/http/response/on-problem.ts'
import type { Problem } from '../../shared/http/response/problem.ts'
import { asDomainError } from '../../shared/table/aws-errors.ts'
import type { AccessDeps } from './caller/deps.ts'
import { targetOf, type Target } from './paths.ts'
import { type AccessRequest, type Reply, replyTo } from './reply.ts'

/** The part of an event of API Gateway's HTTP API, payload format 2.0, that counts here. */
export type AccessEvent = EventPath & {
  rawQueryString: string
  /** Names in lower case. */
  headers: Record<string, string | undefined>
  body?: string | null | undefined
  isBase64Encoded: boolean
  requestContext: { http: { method: string } }
}

export type AccessResponse = { statusCode: number; headers: Record<string, string>; body: string }

/**
 * The decision point: event in, response out, and no `Request` or `Response` between them, as Node loads its whole HTTP
 * client for these.
 */
export function createAccess(deps: AccessDeps): (event: AccessEvent) => Promise<AccessResponse> {
  const { log, now } = deps
  const challenge = bearerChallenge(deps.publicUrl)

  async function answer(
    request: AccessRequest,
    target: Target | undefined,
    { requestId, isMetadata }: { requestId: string; isMetadata: boolean },
  ): Promise<Reply & { code?: string }> {
    const headers: Record<string, string> = {}
    try {
      return await replyTo(deps, request, target, headers)
    } catch (thrown) {
      const error = asDomainError(thrown instanceof Error ? thrown : new Error(String(thrown)))
      const refused = { requestId, method: request.method, authorization: request.headers.authorization }
      const { problem, headers: more } = reportProblem(error, refused, log, challenge)
      const { type, body } = isMetadata ? asProblem(problem) : asText(problem)
      return {
        status: problem.status,
        headers: { ...headers, ...more, 'Content-Type': type },
        body,
        code: problem.code,
      }
    }
  }

  return async (event) => {
    const start = now().getTime()
    const { headers: given } = event
    const { method } = event.requestContext.http
    const requestId = loggableId(given['x-request-id'])
    const target = targetOf(pathOfEvent(event))
    const isMetadata = event.rawPath.startsWith('/.well-known/')
    const { status, headers, body, code } = await answer(requestOf(event), target, { requestId, isMetadata })
    log('info', 'request', {
      requestId,
      method,
      route: target?.methods.includes(method) ? target.pattern : 'none',
      status,
      durationMs: now().getTime() - start,
      ...(code === undefined ? {} : { code }),
    })
    // Section 10.1.4: the caller's identifier goes back unchanged; logs have one that is safe.
    const echoed = isMetadata ? requestId : given['x-request-id'] || requestId
    return {
      statusCode: status,
      headers: { ...headers, ...commonHeaders, ...cacheHeaders(headers), 'X-Request-Id': echoed },
      body: method === 'HEAD' ? '' : body,
    }
  }
}

function requestOf(event: AccessEvent): AccessRequest {
  const { rawPath, rawQueryString, headers, body, isBase64Encoded, requestContext } = event
  return {
    method: requestContext.http.method,
    query: rawQueryString,
    urlLength: rawPath.length + rawQueryString.length,
    headers,
    bytes: () => Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'),
  }
}

/** A response is for its caller alone, unless it says otherwise. */
function cacheHeaders({ 'Cache-Control': own, Vary: vary }: Record<string, string>): Record<string, string> {
  if (own !== undefined) return {}
  return {
    'Cache-Control': 'no-store',
    Vary: vary === undefined ? 'Authorization' : `${vary}, Authorization`,
  }
}

/** AuthZEN 1.0, section 10.1.3: the body of an error is a JSON string. */
const asText = ({ detail, title }: Problem) => ({
  type: 'application/json',
  body: JSON.stringify(detail ?? title),
})
const asProblem = (problem: Problem) => ({ type: 'application/problem+json', body: JSON.stringify(problem) })
