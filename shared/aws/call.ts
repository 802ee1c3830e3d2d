import { connectTo, type HttpAnswer } from '../runtime/http.ts'
import { sleep } from '../runtime/sleep.ts'
import { createSigner, type Credentials, type AwsService } from './sign.ts'

export type Connection = {
  /** `https://<service>.<region>.amazonaws.com`, or one on this machine. */
  endpoint: string
  region: string
  credentials: Credentials
}

/** One operation that only reads, so that it can be tried again. */
export type ReadCall = <T>(
  operation: 'BatchGetItem' | 'Query' | 'GetSecretValue',
  input: object,
) => Promise<T>

/** Milliseconds. A service answers within ten or so; the function has ten seconds. */
const attemptLimit = 1_000
const wholeLimit = 4_000
const mostAttempts = 6
const firstPause = 25
const longestPause = 500
/** An answer has 16 MB of items at most, and JSON around them. */
const maxBytes = 64 * 1024 * 1024

/** An answer that isn't a success; `name` is its exception's. */
class ServiceError extends Error {
  readonly $metadata: { httpStatusCode: number }

  constructor(name: string, status: number) {
    super('AWS has refused the request')
    this.name = name
    this.$metadata = { httpStatusCode: status }
  }
}

/**
 * Calls a service of AWS by its JSON protocol. Throttling, its own faults and broken connections are tried again, after pauses with
 * full jitter, and within a limit for all attempts together.
 */
export function createCall(service: AwsService, { endpoint, region, credentials }: Connection): ReadCall {
  const url = new URL(endpoint)
  const sign = createSigner({ service, host: url.host, region, credentials })
  const exchange = connectTo(url, { keepAlive: true })

  async function attempt(operation: string, body: string, milliseconds: number): Promise<unknown> {
    const headers = sign(`${service.version}.${operation}`, body, new Date())
    return resultOf(await exchange({ method: 'POST', path: '/', headers, body, milliseconds, maxBytes }))
  }

  return async <T>(operation: string, input: object): Promise<T> => {
    const body = JSON.stringify(input)
    const end = performance.now() + wholeLimit
    for (let count = 1; ; count++) {
      try {
        // The caller knows what the operation answers.
        return (await attempt(operation, body, Math.min(attemptLimit, end - performance.now()))) as T
      } catch (error) {
        const wait = jitteredDelay(count)
        if (count === mostAttempts || !mayWorkAgain(error) || performance.now() + wait >= end) throw error
        await sleep(wait)
      }
    }
  }
}

/** Full jitter: callers that failed together don't come back together. */
export const jitteredDelay = (attempts: number): number =>
  Math.random() * Math.min(longestPause, firstPause * 2 ** attempts)

function resultOf({ status, body }: HttpAnswer): unknown {
  const answer = parsed(body)
  if (status === 200 && answer) return answer
  // `com.amazonaws.dynamodb.v20120810#ThrottlingException`
  const named = answer?.[typeName]
  const type = typeof named === 'string' ? named : ''
  throw new ServiceError(
    type.slice(type.indexOf('#') + 1) || 'ServiceUnavailable',
    status === 200 ? 502 : status,
  )
}

const typeName = '__type'

function parsed(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString())
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const passing =
  /^(ProvisionedThroughputExceeded|Throttling|ThrottlingError|RequestLimitExceeded|TooManyRequests|LimitExceeded)(Exception)?$/

function mayWorkAgain(error: unknown): boolean {
  if (error instanceof ServiceError) return error.$metadata.httpStatusCode >= 500 || passing.test(error.name)
  // Everything else is the connection's.
  return error instanceof Error && ('code' in error || error.name === 'TimeoutError')
}
