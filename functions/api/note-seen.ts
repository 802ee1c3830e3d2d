import type { Instant } from '../../shared/domain/instant.ts'
import { instantOf } from '../../shared/domain/instant.ts'
import { isSeenOn } from '../../shared/domain/seen.ts'
import { errorTrace } from '../../shared/http/error-trace.ts'
import type { ApiDeps } from './deps.ts'

/**
 * Reports that a user has used a token of their own, unless it is known of this day already. Whatever comes of reporting it,
 * the answer is the same.
 */
export function noteSeen(
  { seen, log, now }: Pick<ApiDeps, 'seen' | 'log' | 'now'>,
  {
    customerId,
    id: userId,
    lastSeenAt,
  }: { customerId: string; id: string; lastSeenAt?: Instant | undefined },
): void {
  if (isSeenOn(lastSeenAt, instantOf(now()))) return
  try {
    seen?.({ customerId, userId })
  } catch (error) {
    log('error', 'a sighting could not be reported', { customerId, error: errorTrace(error) })
  }
}
