import { completePolicy } from '../../../shared/reviews/policy/review-policy.ts'
import { checkNames, setReviewPolicy } from '../../../shared/reviews/set-review-policy.ts'
import { requires } from '../authorization/access-rule.ts'
import { update } from '../changes/change-routes.ts'
import { read } from '../routing/read-routes.ts'
import type { Route } from '../routing/route.ts'
import { PolicyBody } from './bodies.ts'
import { reviewPolicyResource } from './policy-resource.ts'

const path = '/v1/customers/{c}/review-policy'

export const reviewPolicyRoutes: readonly Route[] = [
  read({
    path,
    id: 'readReviewPolicy',
    summary:
      'How often grants are reviewed, which, by whom, and what becomes of those that nobody decides on',
    right: requires('review.manage'),
    of: reviewPolicyResource,
  }),
  update({
    method: 'put',
    path,
    id: 'replaceReviewPolicy',
    summary:
      'Replace the policy, from the next review on, or, where it is loosened, seven days later; what is not named has its default',
    right: requires('review.manage'),
    of: reviewPolicyResource,
    body: PolicyBody,
    plan: async ({ context, body }, schedule) => {
      await checkNames(context.table, schedule.customerId, body)
      return setReviewPolicy(context, schedule, completePolicy(body))
    },
  }),
]
