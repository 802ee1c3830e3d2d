import {
  applyReview,
  cancelReview,
  readSchedule,
  type ReviewWithSchedule,
  startReview,
} from '../../../shared/reviews/transition.ts'
import type { Review } from '../../../shared/reviews/model/review.ts'
import { checkNames } from '../../../shared/reviews/set-review-policy.ts'
import { listReviews } from '../../../shared/reviews/store.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import { keys } from '../../../shared/table/keys.ts'
import { fillPage, type PageRequest } from '../../../shared/table/query.ts'
import { requires, reviewing } from '../authorization/access-rule.ts'
import { type RequestContext, customerOf } from '../authorization/request-context.ts'
import { action, create } from '../changes/change-routes.ts'
import { noBody } from '../changes/read-request.ts'
import { strictObject } from '../routing/body-schema.ts'
import { list, read } from '../routing/read-routes.ts'
import type { Route } from '../routing/route.ts'
import { scope } from './bodies.ts'
import { presentReview, reviewResource } from './resource.ts'

const reviews = '/v1/customers/{c}/reviews'
const path = `${reviews}/{r}`

export const reviewRoutes: readonly Route[] = [
  list({
    path: reviews,
    id: 'listReviews',
    summary: 'Reviews, newest first',
    right: requires('review.manage'),
    query: {},
    etags: true,
    schema: 'review',
    find: (call, page) => {
      const readPart = (part: PageRequest) => listReviews(call.deps.table, customerOf(call).id, part)
      return fillPage(page, 1, readPart, ({ customerId, id }) => keys.review(customerId, id))
    },
    show: (call, review) => presentReview(review, customerOf(call), call.now),
  }),
  create({
    path: reviews,
    id: 'startReview',
    summary: 'Start a review now, of what the policy says or of this scope; a customer has one at a time',
    right: requires('review.manage'),
    body: strictObject({ scope }),
    shows: reviewResource,
    at: (_call, { customerId, id }) => `/v1/customers/${customerId}/reviews/${id}`,
    plan: async ({ context, body, ...call }) => {
      const customer = customerOf(call)
      await checkNames(context.table, customer.id, body)
      return startReview(
        context,
        customer,
        await readSchedule(context.table, customer.id, context.now),
        body.scope,
      )
    },
  }),
  read({
    path,
    id: 'readReview',
    summary: 'A review: how far it is, and what came of it',
    right: reviewing,
    of: reviewResource,
  }),
  action({
    path: `${path}/apply`,
    id: 'applyReview',
    summary: 'End the time for decisions early, and apply them',
    right: requires('review.manage'),
    of: reviewResource,
    ifMatch: 'required',
    body: noBody,
    plan: async ({ context, ...call }, review) => applyReview(context, await reviewContext(call, review)),
  }),
  action({
    path: `${path}/cancel`,
    id: 'cancelReview',
    summary: 'End it without any effect',
    right: requires('review.manage'),
    of: reviewResource,
    body: noBody,
    plan: async ({ context, ...call }, review) => cancelReview(context, await reviewContext(call, review)),
  }),
]

async function reviewContext(call: RequestContext, review: Versioned<Review>): Promise<ReviewWithSchedule> {
  return { review, schedule: await readSchedule(call.deps.table, review.customerId, call.now) }
}
