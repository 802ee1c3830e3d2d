import { isDeepStrictEqual } from 'node:util'
import type { ReviewItem } from '../../../../../shared/reviews/model/review-item.ts'
import type { Action } from '../../model/action.ts'
import { type Caller, whoIs } from '../../model/caller.ts'
import { loginOf, pickCaller } from '../../model/callers.ts'
import type { Given } from '../../model/commands/given.ts'
import { inProject } from '../../model/members.ts'
import { type Outcome, type Refusal, refuse, unless } from '../../model/outcome.ts'
import { may } from '../../model/rights.ts'
import { type Customer, live, type Model, present, type User } from '../../model/state.ts'
import type { Book } from '../book.ts'
import { grantsOf, isOver } from '../grants.ts'
import type { Review, Wanted } from '../state.ts'
import { onReview } from './reviews.ts'
import { type Way, wayFor } from './ways.ts'

/** An item, or an id of none, with the requested decision. */
type Wish = { id: string; item?: ReviewItem; way: Way }
/** The caller; an operator is no user. */
type Reviewer = { caller: Caller; user: User | undefined; isManager: boolean; isNamed: boolean }

export function decideItem(model: Model, given: Given, book: Book): Action {
  const { action, wishes } = onItems(model, given, book, 1)
  const [{ id, way } = noItem] = wishes
  return {
    ...action,
    method: 'PUT',
    path: `${action.path}/items/${id}/decision`,
    body: action.isMisfit ? { decision: 'drop' } : way.wanted,
  }
}

export function decideItems(model: Model, given: Given, book: Book): Action {
  const { action, wishes } = onItems(model, given, book, 1 + (given.dice.more % 12))
  const decisions = wishes.map(({ id, way }) => ({ item: id, ...way.wanted }))
  return {
    ...action,
    method: 'POST',
    path: `${action.path}/decisions`,
    body: { decisions: action.isMisfit ? [] : decisions },
  }
}

function onItems(model: Model, given: Given, book: Book, most: number) {
  const { customer, dice } = given
  const { review, isThere, path } = onReview(model, given, book)
  const reviewer = pickReviewer(model, given, review)
  const { caller, user, isManager, isNamed } = reviewer
  const items = isThere && review ? [...book.itemsOf(review)] : []
  // A caller who reviews nothing gets 404 for the own items too; the model leaves out the cases it can't tell apart.
  const knowsOwn = (isManager || isNamed) && dice.more % 8 === 0
  const known = items.filter(([, { userId }]) => knowsOwn || userId !== user?.id)
  const wishes = wishesFor(model, given, known, most)
  const action = {
    caller,
    customer,
    method: 'POST' as const,
    path,
    needs: {
      right: 'reviewing',
      on: { isThere },
      asks: () => isNamed || review?.policy.reviewers.includes('project') === true,
    } as const,
    isMisfit: (isManager || isNamed) && dice.variant < 35,
    plan: () => plan(model, customer, book, { review, reviewer, wishes }),
  }
  return { action, wishes }
}

/** Somebody who manages reviews, or is named in the policy, or somebody else. */
function pickReviewer(model: Model, given: Given, review: Review | undefined): Reviewer {
  const { customer, dice } = given
  const named = present(customer).filter(({ id }) => review?.policy.reviewers.includes(id))
  const [first] = named
  const caller = first && dice.caller < 300 ? loginOf(first) : pickCaller(model, given)
  const user = caller.kind === 'person' ? whoIs(model, customer, caller).user : undefined
  return {
    caller,
    user,
    isManager: user ? may(model, customer, user, 'review.manage') : caller.kind === 'operator',
    isNamed: user !== undefined && named.includes(user),
  }
}

const noItem: Wish = { id: 'usr_0.project.main', way: { wanted: { decision: 'keep' }, fits: true } }

/** Picks some items, and now and then an unknown id. */
function wishesFor(
  { now }: Model,
  { dice: { project, user, which, variant } }: Given,
  items: readonly [string, ReviewItem][],
  most: number,
): Wish[] {
  const count = Math.min(most, items.length)
  const chosen = Array.from({ length: count }, (_, place) => items[(project + place) % items.length])
  const wishes = chosen
    .filter((each) => each !== undefined)
    .map(([id, item], place): Wish => {
      const isMisfit = place === which % count && variant > 800
      return { id, item, way: wayFor(item, now, { die: user + 7 * place, isMisfit }) }
    })
  if (wishes.length > 0 && variant <= 970) return wishes
  return [...wishes, noItem].slice(-most)
}

type Deciding = { review: Review | undefined; reviewer: Reviewer; wishes: readonly Wish[] }

function plan(model: Model, customer: Customer, book: Book, { review, reviewer, wishes }: Deciding): Outcome {
  const refused =
    wishes.map(({ item }) => refusalToDecide(model, customer, review, reviewer, item)).find(Boolean) ??
    (review && !book.isOver(customer, review) ? undefined : refuse('conflict')) ??
    wishes.map(refusalOfWay).find(Boolean)
  if (refused) return refused
  const grants = grantsOf(customer, model.now)
  const isCertain = book.isDrained() && review?.hasLostEvents === false
  const apply = () => {
    for (const { id, way } of wishes.filter((each) => !isDecidedSo(each))) {
      review?.decisions.set(id, { ...way.wanted, isCertain, grant: grants.get(id) })
    }
  }
  return unless(wishes.every(isDecidedSo), { status: 200, apply })
}

/** True if the item has this decision, by anybody: the same again changes nothing. */
function isDecidedSo({ item, way: { wanted } }: Wish): boolean {
  const { decision } = item ?? {}
  if (item?.state !== 'decided' || !decision) return false
  return isDeepStrictEqual(comparable(decision), comparable(wanted))
}

type Decided = { [K in keyof Wanted]: Wanted[K] | undefined }
/** `view` of a server is always included. */
const comparable = ({ decision, roles, capabilities, until, reason }: Decided) => ({
  decision,
  roles: roles && new Set(roles),
  capabilities: capabilities && new Set(['view', ...capabilities]),
  until: until && Date.parse(until),
  reason,
})

/** Nobody decides on the own items; callers who don't manage reviews only on those that the policy assigns to them. */
function refusalToDecide(
  { now }: Model,
  customer: Customer,
  review: Review | undefined,
  { user, isManager, isNamed }: Reviewer,
  item: ReviewItem | undefined,
): Refusal | undefined {
  if (!item) return refuse('not-found')
  if (!user) return undefined
  if (item.userId === user.id) return refuse('forbidden')
  if (isManager || isNamed) return undefined
  const project = live(customer).find(({ id }) => id === item.resource.id)
  const held = project && inProject(user, project)
  const isAsked = review?.policy.reviewers.includes('project') && held && !isOver(held.expiresAt, now)
  return isAsked && held.roles.includes('full') ? undefined : refuse('not-found')
}

function refusalOfWay({ item, way: { wanted, fits } }: Wish): Refusal | undefined {
  if (item?.state === 'gone') return refuse('conflict')
  const isAcknowledged = wanted.decision === 'keep' && wanted.until === undefined
  if (item?.userType === 'main-customer' && !isAcknowledged) return refuse('locked')
  return fits ? undefined : refuse('invalid-request')
}
