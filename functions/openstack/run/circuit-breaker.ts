import { isKeystoneError, type KeystoneError } from '../../../shared/openstack/transport/errors.ts'
import type { Log } from '../../../shared/runtime/log.ts'
import { messages } from './alarm-messages.ts'

/** Whether Keystone can be reached, as this process has seen it. */
export type CircuitBreaker = {
  /** True until the next attempt is due. */
  isOpen: () => boolean
  recordFailure: (error: KeystoneError) => void
  recordSuccess: () => void
}

export type CircuitBreakerOptions = {
  now: () => Date
  log: Log
  /** Milliseconds until the first next attempt, twice as many each time, up to the longest. */
  firstPause?: number
  longestPause?: number
}

/** What isn't about any project in particular: trying others is of no use. */
export function isUnreachable(error: KeystoneError): boolean {
  // By whatever stands before Keystone.
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

/** One line when Keystone is lost and one when it is back, however many attempts lie between. */
export function createCircuitBreaker({
  now,
  log,
  firstPause = 1_000,
  longestPause = 30_000,
}: CircuitBreakerOptions): CircuitBreaker {
  let attempts = 0
  let until = 0
  const isLost = () => now().getTime() < until
  return {
    isOpen: isLost,
    recordFailure: (error) => {
      // Of several that were under way the first tells; the others are no further attempts.
      if (error.code === 'closed' || isLost()) return
      if (attempts === 0) log('error', messages.lost, { code: error.code, error: error.message })
      until = now().getTime() + Math.min(longestPause, firstPause * 2 ** Math.min(attempts, 20))
      attempts++
    },
    recordSuccess: () => {
      if (attempts > 0) log('warn', 'Keystone can be reached again', { attempts })
      attempts = 0
      until = 0
    },
  }
}
