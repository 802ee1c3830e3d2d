import type { ReviewItem } from '../../shared/domain/review-item.ts'
import type { Instant } from '../../shared/domain/instant.ts'
import { dateOf } from '../../shared/domain/instant.ts'
import type { Write } from '../../shared/table/item.ts'
import { keys } from '../../shared/table/keys.ts'
import { ttlAttribute } from '../../shared/table/schema.ts'
import { usesTtl } from '../../shared/table/uses.ts'

/** Beside the last use of a grant that is left: when it was reviewed, for the next review to tell. */
export function rememberReview(item: ReviewItem, now: Instant): Write[] {
  const { customerId, userId, resource, reviewId, state, outcome } = item
  if (state !== 'verified' || !outcome || outcome.decision === 'revoke' || outcome.by === 'changed') return []
  const touch = keys.use(customerId, userId, resource.kind, resource.id)
  const set = { reviewedAt: now, reviewedIn: reviewId, [ttlAttribute]: usesTtl(dateOf(now)) }
  return [{ touch, with: { set } }]
}
