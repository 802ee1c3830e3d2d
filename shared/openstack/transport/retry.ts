import { KeystoneError } from './errors.ts'
import type { Method } from './transport.ts'

export type Retry = {
  /** Attempts in all. */
  attempts: number
  pause: (milliseconds: number) => Promise<unknown>
  /** In [0, 1). */
  random: () => number
}

const firstPause = 100
const longestPause = 5000
/** Milliseconds: a request with a longer `Retry-After` fails, so that no worker is blocked for minutes. */
const longestRetryAfter = 10_000

/**
 * Milliseconds until a failed request may be retried; undefined if it mustn't be. A request that may have had an effect is
 * retried only if it is idempotent, as all but POST are here: a PATCH has the desired values.
 */
export function pauseBeforeRetry(
  error: KeystoneError,
  { method, attempt, random }: { method: Method; attempt: number; random: () => number },
): number | undefined {
  if (!isPassing(error)) return undefined
  if (method === 'POST' && error.mayHaveHappened) return undefined
  const asked = (error.retryAfterSeconds ?? 0) * 1000
  if (asked > longestRetryAfter) return undefined
  // Half of it is jitter, so that concurrent failures aren't retried together.
  const ceiling = Math.min(longestPause, firstPause * 2 ** attempt)
  return asked + ceiling / 2 + (random() * ceiling) / 2
}

function isPassing({ code }: KeystoneError): boolean {
  return ['unreachable', 'timeout', 'interrupted', 'broken-answer', 'throttled', 'failed'].includes(code)
}

/** `Retry-After` in seconds, from seconds or a date (RFC 9110, section 10.2.3). */
export function retryAfterSeconds(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined
  if (/^\d{1,9}$/.test(header.trim())) return Number(header)
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, (at - now.getTime()) / 1000)
}

/** Retries the request until it succeeds, can't be retried, or has been made `attempts` times. */
export async function withRetries<T>(method: Method, retry: Retry, make: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await make()
    } catch (error) {
      if (!(error instanceof KeystoneError) || attempt >= retry.attempts) throw error
      const milliseconds = pauseBeforeRetry(error, { method, attempt, random: retry.random })
      if (milliseconds === undefined) throw error
      await retry.pause(milliseconds)
    }
  }
}
