import { gzipSync } from 'node:zlib'
import type { Hono } from 'hono'
import type { LambdaContext } from 'hono/aws-lambda'
import { DomainError } from '../../../shared/domain/values/errors.ts'
import { behindGateway, type HttpEvent } from '../../../shared/http/request/gateway.ts'
import { problemOf } from '../../../shared/http/response/problem.ts'
import type { ApiEnv } from '../authorization/deps.ts'

/** The part that matters here of a Lambda's response to API Gateway. */
type LambdaResponse = {
  statusCode: number
  headers?: Record<string, string | string[]> | undefined
  body: string
  isBase64Encoded: boolean
}

/** Lambda's limit for a response with its JSON (quota "Invocation payload", synchronous). */
const maxBytes = 6 * 1024 * 1024
/** In JSON a character takes six bytes at most. */
const certainlyFits = maxBytes / 6 - 10_000

/**
 * Returns the response, compressed where it wouldn't fit otherwise and the caller accepts that, or else a problem that says
 * so: an invocation with a larger response fails without a reason.
 */
function compressOrReject(response: LambdaResponse, acceptEncoding: string): LambdaResponse {
  if (fits(response)) return response
  const compressed = takesGzip(acceptEncoding) ? gzipped(response) : undefined
  return compressed && fits(compressed) ? compressed : tooLarge(response)
}

const fits = (response: LambdaResponse): boolean =>
  response.body.length < certainlyFits || Buffer.byteLength(JSON.stringify(response)) <= maxBytes

/** RFC 9110, section 12.5.3, as far as clients use it. */
const takesGzip = (acceptEncoding: string): boolean =>
  acceptEncoding.split(',').some((coding) => /^\s*gzip\s*($|;\s*q=(1|0\.0*[1-9]))/i.test(coding))

function gzipped({ body, isBase64Encoded, headers, ...response }: LambdaResponse): LambdaResponse {
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8')
  return {
    ...response,
    headers: { ...varied(headers), 'content-encoding': 'gzip' },
    body: gzipSync(bytes).toString('base64'),
    isBase64Encoded: true,
  }
}

/** The response depends on the codings that the caller accepts. */
function varied(headers: LambdaResponse['headers']) {
  return { ...headers, vary: [headers?.vary ?? [], 'Accept-Encoding'].flat().join(', ') }
}

function tooLarge({ headers }: LambdaResponse): LambdaResponse {
  const requestId = String(headers?.['x-request-id'] ?? '')
  const detail =
    'The answer is larger than the 6 MB that can be given. With `Accept-Encoding: gzip` it may be less.'
  const problem = problemOf(new DomainError('too-large', detail), requestId)
  return {
    statusCode: problem.status,
    headers: { ...varied(withoutBody(headers)), 'content-type': 'application/problem+json' },
    body: JSON.stringify(problem),
    isBase64Encoded: false,
  }
}

/** Keeps the headers that belong to no particular body; nobody caches an error. */
function withoutBody(headers: LambdaResponse['headers'] = {}) {
  const { etag: _, 'content-type': _type, 'content-length': _length, location: _place, ...rest } = headers
  return { ...rest, 'cache-control': 'no-store' }
}

/** The app behind API Gateway. A response that is too large for Lambda is compressed or replaced by a problem. */
export function toLambda(app: Hono<ApiEnv>) {
  const respond = behindGateway(app)
  return async (event: HttpEvent, context?: LambdaContext): Promise<LambdaResponse> =>
    compressOrReject(await respond(event, context), event.headers['accept-encoding'] ?? '')
}
