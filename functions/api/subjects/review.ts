import type { Review } from '../../../shared/domain/review.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import { customerOf, parameter } from '../call.ts'
import { notFound } from '../refusal.ts'
import { presentReview } from '../representations/review.ts'
import { readReview } from '../enter-review.ts'
import type { Subject } from '../subject.ts'

export const theReview: Subject<Review, Versioned<Review>> = {
  schema: 'review',
  name: 'review',
  load: async (call) => {
    const { deps, access } = call
    const read = () => readReview(deps.table, customerOf(call).id, parameter(call, 'r'))
    const review = access.reviewing?.review ?? (await read())
    if (!review) throw notFound('review')
    return review
  },
  show: (call, review) => presentReview(review, customerOf(call), call.now),
}
