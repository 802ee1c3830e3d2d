import * as v from 'valibot'
import type { DecideItem } from '../../../shared/directory/decide-items.ts'
import { decideItems, decideOne } from '../../../shared/directory/decide-items.ts'
import { findItems } from '../../../shared/directory/find-items.ts'
import { located } from '../../../shared/domain/errors.ts'
import type { ReviewItem } from '../../../shared/domain/review-item.ts'
import { itemStates } from '../../../shared/domain/review-item.ts'
import { UserId } from '../bodies.ts'
import type { Call } from '../call.ts'
import { together, update } from '../changing/routes.ts'
import { list, read } from '../reading.ts'
import { notFound } from '../refusal.ts'
import { presentItem } from '../representations/review-item.ts'
import type { Decisions } from '../review-bodies.ts'
import { DecisionBody, DecisionsBody } from '../review-bodies.ts'
import { refusalToDecide, reviewingOf, seesOnlyOf } from '../reviewing.ts'
import { reviewing } from '../right.ts'
import type { Route } from '../route.ts'
import type { Shown } from '../subject.ts'
import { readItems, theDecidedItem, theItem } from '../subjects/review-item.ts'
import { theReview } from '../subjects/review.ts'
import { withTag } from '../tag.ts'

const review = '/v1/customers/{c}/reviews/{r}'
const items = `${review}/items`
const path = `${items}/{i}`
const states = [...itemStates, 'heldBack'] as const

const decidedItems: Shown<ReviewItem[]> = {
  schema: 'decidedItems',
  show: (_call, decided) => ({ items: decided.map((item) => withTag(presentItem(item))) }),
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
      const { review: of, reviewers } = reviewingOf(call)
      const self = seesOnlyOf(call)
      const asked = reviewer ?? self
      if (self !== undefined && asked !== self) return { items: [] }
      const isMeant =
        asked === undefined ? undefined : (item: ReviewItem) => reviewers.isAssigned(asked, item)
      return findItems(call.deps.table, of, { state, isMeant }, page)
    },
    show: (_call, item) => presentItem(item),
  }),
  read({
    path,
    id: 'readReviewItem',
    summary: 'A grant under review, with what is known and recommended of it',
    right: reviewing,
    of: theItem,
  }),
  update({
    method: 'put',
    path: `${path}/decision`,
    id: 'decideReviewItem',
    summary: 'Decide what becomes of a grant, in place of an earlier decision; nobody decides on their own',
    right: reviewing,
    of: theDecidedItem,
    body: DecisionBody,
    plan: ({ acting, body: wanted, ...call }, item) =>
      decideOne(acting, reviewingOf(call).review, { item, wanted }),
  }),
  together({
    path: `${review}/decisions`,
    id: 'decideReviewItems',
    summary: 'Decide on up to fifty grants at once, on all of them or on none',
    right: reviewing,
    of: theReview,
    body: DecisionsBody,
    shows: decidedItems,
    plan: async ({ acting, body, ...call }, of) =>
      decideItems(acting, of, await decidable(call, body.decisions)),
  }),
]

/** What is to be decided, if all of it can be: a refusal tells which of them it is about. */
async function decidable(call: Call, decisions: Decisions): Promise<DecideItem[]> {
  const found = await readItems(
    call,
    decisions.map(({ item }) => item),
  )
  const refusals = await Promise.all(
    found.map(async (item) => (item ? refusalToDecide(call, item) : notFound('review item'))),
  )
  return decisions.map(({ item: _id, ...wanted }, place) => {
    const [item, refused] = [found[place], refusals[place]]
    const at = `/decisions/${place}`
    if (refused) throw located(`${at}/item`, refused)
    if (!item) throw new Error('nothing tells why there is no item')
    return { item, wanted, at }
  })
}
