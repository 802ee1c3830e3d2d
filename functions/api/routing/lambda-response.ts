import { gzipSync } from 'node:zlib'
import type { Hono } from 'hono'
import type { LambdaContext } from 'hono/aws-lambda'
import { DomainError } from '../../../shared/domain/values/errors.ts'
import { behindGateway, type HttpEvent } from '../../../shared/http/request/gateway.ts'
import { problemOf } from '../../../shared/http/response/problem.ts'
import type { ApiEnv } from '../authorization/deps.ts'

/** What a Lambda answers API Gateway with, as far as it matters here. */
export type LambdaAnswer = {
  statusCode: number
  headers?: Record<string, string | string[]> | undefined
  body: string
  isBase64Encoded: boolean
}

/** Bytes that Lambda hands over for an invocation, JSON and all (quota "Invocation payload", synchronous). */
const mostBytes = 6 * 1024 * 1024
/** In JSON a character takes six bytes at most. */
const certainlyFits = mostBytes / 6 - 10_000

/**
 * The answer, compressed where it wouldn't fit otherwise and the caller takes that; or a problem that says so, in place of an
 * invocation that fails and tells nobody why.
 */
export function compressOrReject(answer: LambdaAnswer, acceptEncoding: string): LambdaAnswer {
  if (fits(answer)) return answer
  const compressed = takesGzip(acceptEncoding) ? zipped(answer) : undefined
  return compressed && fits(compressed) ? compressed : tooLarge(answer)
}

const fits = (answer: LambdaAnswer): boolean =>
  answer.body.length < certainlyFits || Buffer.byteLength(JSON.stringify(answer)) <= mostBytes

/** RFC 9110, section 12.5.3, as far as clients make use of it. */
const takesGzip = (acceptEncoding: string): boolean =>
  acceptEncoding.split(',').some((coding) => /^\s*gzip\s*($|;\s*q=(1|0\.0*[1-9]))/i.test(coding))

function zipped({ body, isBase64Encoded, headers, ...answer }: LambdaAnswer): LambdaAnswer {
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8')
  return {
    ...answer,
    headers: { ...varied(headers), 'content-encoding': 'gzip' },
    body: gzipSync(bytes).toString('base64'),
    isBase64Encoded: true,
  }
}

/** What is answered depends on what the caller takes. */
function varied(headers: LambdaAnswer['headers']) {
  return { ...headers, vary: [headers?.vary ?? [], 'Accept-Encoding'].flat().join(', ') }
}

function tooLarge({ headers }: LambdaAnswer): LambdaAnswer {
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

/** The headers that are of no particular body; a refusal isn't kept by anybody. */
function withoutBody(headers: LambdaAnswer['headers'] = {}) {
  const { etag: _, 'content-type': _type, 'content-length': _length, location: _place, ...rest } = headers
  return { ...rest, 'cache-control': 'no-store' }
}

/** The app behind API Gateway. What is too large for Lambda is compressed, or said to be. */
export function toLambda(app: Hono<ApiEnv>) {
  const answer = behindGateway(app)
  return async (event: HttpEvent, context?: LambdaContext): Promise<LambdaAnswer> =>
    compressOrReject(await answer(event, context), event.headers['accept-encoding'] ?? '')
}
