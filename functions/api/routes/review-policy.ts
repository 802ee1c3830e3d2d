import { refuseUnknownNames } from '../../../shared/directory/refuse-unknown-names.ts'
import { setReviewPolicy } from '../../../shared/directory/set-review-policy.ts'
import { completePolicy } from '../../../shared/domain/review-policy.ts'
import { update } from '../changing/routes.ts'
import { read } from '../reading.ts'
import { PolicyBody } from '../review-bodies.ts'
import { may } from '../right.ts'
import type { Route } from '../route.ts'
import { theReviewPolicy } from '../subjects/review-policy.ts'

const path = '/v1/customers/{c}/review-policy'

export const reviewPolicyRoutes: readonly Route[] = [
  read({
    path,
    id: 'readReviewPolicy',
    summary:
      'How often grants are reviewed, which, by whom, and what becomes of those that nobody decides on',
    right: may('review.manage'),
    of: theReviewPolicy,
  }),
  update({
    method: 'put',
    path,
    id: 'replaceReviewPolicy',
    summary:
      'Replace the policy, from the next review on, or, where it is loosened, seven days later; what is not named has its default',
    right: may('review.manage'),
    of: theReviewPolicy,
    body: PolicyBody,
    plan: async ({ acting, body }, calendar) => {
      await refuseUnknownNames(acting.table, calendar.customerId, body)
      return setReviewPolicy(acting, calendar, completePolicy(body))
    },
  }),
]
