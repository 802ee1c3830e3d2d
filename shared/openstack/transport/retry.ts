import { KeystoneError } from './errors.ts'
import type { Method } from './transport.ts'

export type Retry = {
  /** How often a request is made at most. */
  attempts: number
  /** Resolves after so many milliseconds. */
  pause: (milliseconds: number) => Promise<unknown>
  /** In [0, 1). */
  random: () => number
}

const firstPause = 100
const longestPause = 5000
/** A longer wait is left to whoever asked: nothing here holds a worker for minutes. */
const longestRetryAfter = 10_000

/**
 * Milliseconds until a failed request may be made again; undefined where it mustn't. What may have happened all the
 * same is repeated only where twice is as good as once, which all but POST are here: a PATCH says what is to be.
 */
export function pauseBeforeRetry(
  error: KeystoneError,
  { method, attempt, random }: { method: Method; attempt: number; random: () => number },
): number | undefined {
  if (!isPassing(error)) return undefined
  if (method === 'POST' && error.mayHaveHappened) return undefined
  const asked = (error.retryAfterSeconds ?? 0) * 1000
  if (asked > longestRetryAfter) return undefined
  // Half of it by chance, so that those who failed together don't come back together.
  const ceiling = Math.min(longestPause, firstPause * 2 ** attempt)
  return asked + ceiling / 2 + (random() * ceiling) / 2
}

function isPassing({ code }: KeystoneError): boolean {
  return ['unreachable', 'timeout', 'interrupted', 'broken-answer', 'throttled', 'failed'].includes(code)
}

/** `Retry-After` in seconds, whether it says so or gives a date (RFC 9110, section 10.2.3). */
export function retryAfterSeconds(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined
  if (/^\d{1,9}$/.test(header.trim())) return Number(header)
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, (at - now.getTime()) / 1000)
}

/** Makes the request until it succeeds, may not be repeated or has been made `attempts` times. */
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
