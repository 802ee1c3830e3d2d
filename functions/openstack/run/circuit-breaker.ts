import type { Keystone } from '../../../shared/openstack/keystone/client.ts'
import { isKeystoneError, type KeystoneError } from '../../../shared/openstack/transport/errors.ts'
import type { Log } from '../../../shared/runtime/log.ts'
import { messages } from './alarm-messages.ts'

/** Open while this process finds Keystone unreachable: nothing is asked until the pause is over. */
type CircuitBreaker = {
  /** True until the next attempt is due. */
  isOpen: () => boolean
  recordFailure: (error: KeystoneError) => void
  recordSuccess: () => void
}

export type CircuitBreakerOptions = {
  now: () => Date
  log: Log
  /** Milliseconds until the first retry, doubled each time up to the longest. */
  firstPause?: number
  longestPause?: number
}

/** True for errors of the connection or the login, not of one project: trying other projects is of no use. */
export function isUnreachable(error: KeystoneError): boolean {
  // From a proxy in front of Keystone.
  if ([502, 503, 504].includes(error.status ?? 0)) return true
  return isKeystoneError(
    error,
    'closed',
    'configuration',
    'unreachable',
    'certificate',
    'timeout',
    'interrupted',
    'broken-answer',
    'unauthenticated',
    'throttled',
    'truncated',
  )
}

/** Logs one line when Keystone becomes unreachable and one when it answers again, however many attempts lie between. */
export function createCircuitBreaker({
  now,
  log,
  firstPause = 1_000,
  longestPause = 30_000,
}: CircuitBreakerOptions): CircuitBreaker {
  let attempts = 0
  let openUntil = 0
  const isOpen = () => now().getTime() < openUntil
  return {
    isOpen,
    recordFailure: (error) => {
      // The first of concurrent failures counts; the others are no further attempts.
      if (error.code === 'closed' || isOpen()) return
      if (attempts === 0) log('error', messages.unreachable, { code: error.code, error: error.message })
      openUntil = now().getTime() + Math.min(longestPause, firstPause * 2 ** Math.min(attempts, 20))
      attempts++
    },
    recordSuccess: () => {
      if (attempts > 0) log('warn', 'Keystone can be reached again', { attempts })
      attempts = 0
      openUntil = 0
    },
  }
}

/** The same client, whose answers close the breaker. An error that Keystone itself returns is an answer too. */
export function closingOnAnswer(keystone: Keystone, breaker: CircuitBreaker): Keystone {
  return {
    ...keystone,
    async call(call) {
      try {
        const answer = await keystone.call(call)
        breaker.recordSuccess()
        return answer
      } catch (error) {
        if (isKeystoneError(error) && !isUnreachable(error)) breaker.recordSuccess()
        throw error
      }
    },
  }
}

/** Runs the work; an unreachable Keystone opens the breaker, and its other errors are logged. Neither is thrown. */
export async function withBreaker(
  breaker: CircuitBreaker,
  log: Log,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!isKeystoneError(error)) throw error
    if (isUnreachable(error)) breaker.recordFailure(error)
    else logRefusal(log, error)
  }
}

export function logRefusal(log: Log, { code, message }: KeystoneError): void {
  log('warn', 'Keystone refuses', { code, error: message })
}
