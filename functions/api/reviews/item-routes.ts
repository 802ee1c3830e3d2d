import * as v from 'valibot'
import { located } from '../../../shared/domain/values/errors.ts'
import { type DecideItem, decideItems, decideOne } from '../../../shared/reviews/decide-items.ts'
import { findItems } from '../../../shared/reviews/find-items.ts'
import { itemStates, type ReviewItem } from '../../../shared/reviews/model/review-item.ts'
import { reviewing } from '../authorization/access-rule.ts'
import { notFound } from '../authorization/denial.ts'
import type { RequestContext } from '../authorization/request-context.ts'
import { action, update } from '../changes/change-routes.ts'
import { UserId } from '../routing/body-schema.ts'
import { withEtag } from '../routing/etag.ts'
import { list, read } from '../routing/read-routes.ts'
import type { Presenter } from '../routing/resource.ts'
import type { Route } from '../routing/route.ts'
import { decidingAt, denialToDecide, reviewingOf, visibleReviewer, whyLocked } from './access.ts'
import { DecisionBody, type Decisions, DecisionsBody } from './bodies.ts'
import { presentItem, readItems, decidedItemResource, itemResource } from './item-resource.ts'
import { reviewResource } from './resource.ts'

const review = '/v1/customers/{c}/reviews/{r}'
const items = `${review}/items`
const path = `${items}/{i}`
const states = [...itemStates, 'heldBack'] as const

const decidedItems: Presenter<ReviewItem[]> = {
  schema: 'decidedItems',
  show: (call, decided) => ({ items: decided.map((item) => withEtag(presentItem(item, whyLocked(call)))) }),
}

export const reviewItemRoutes: readonly Route[] = [
  list({
    path: items,
    id: 'listReviewItems',
    summary:
      'The grants under review, by user; without review.manage those that the caller may be asked about',
    right: reviewing,
    query: {
      reviewer: v.optional(UserId),
      state: v.optional(v.picklist(states, `must be one of ${states.join(', ')}`)),
    },
    etags: true,
    schema: 'reviewItem',
    find: ({ filters: { reviewer, state }, ...call }, page) => {
      const { review: current, reviewers } = reviewingOf(call)
      const self = visibleReviewer(call)
      const userId = reviewer ?? self
      if (self !== undefined && userId !== self) return { items: [] }
      const matches =
        userId === undefined ? undefined : (item: ReviewItem) => reviewers.canDecide(userId, item)
      return findItems(call.deps.table, current, { state, matches }, page)
    },
    show: (call, item) => presentItem(item, whyLocked(call)),
  }),
  read({
    path,
    id: 'readReviewItem',
    summary: 'A grant under review, with what is known and recommended of it',
    right: reviewing,
    of: itemResource,
  }),
  update({
    method: 'put',
    path: `${path}/decision`,
    id: 'decideReviewItem',
    summary: 'Decide what becomes of a grant, in place of an earlier decision; nobody decides on their own',
    right: reviewing,
    of: decidedItemResource,
    body: DecisionBody,
    plan: ({ context, body: wanted, ...call }, item) =>
      decideOne(context, decidingAt(call), { item, wanted }),
  }),
  action({
    path: `${review}/decisions`,
    id: 'decideReviewItems',
    summary: 'Decide on up to fifty grants at once, on all of them or on none',
    right: reviewing,
    of: reviewResource,
    body: DecisionsBody,
    shows: decidedItems,
    etag: false,
    plan: async ({ context, body, ...call }) =>
      decideItems(context, decidingAt(call), await decidable(call, body.decisions)),
  }),
]

/** Reads the items to decide on. Throws if one can't be decided on, with a pointer to its decision. */
async function decidable(call: RequestContext, decisions: Decisions): Promise<DecideItem[]> {
  const found = await readItems(
    call,
    decisions.map(({ item }) => item),
  )
  const denials = await Promise.all(
    found.map(async (item) => (item ? denialToDecide(call, item) : notFound('review item'))),
  )
  return decisions.map(({ item: _id, ...wanted }, place) => {
    const [item, denial] = [found[place], denials[place]]
    const at = `/decisions/${place}`
    if (denial) throw located(`${at}/item`, denial)
    if (!item) throw new Error('an item is missing without a denial')
    return { item, wanted, at }
  })
}
