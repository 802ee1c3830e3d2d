import type { ReviewItem } from '../../../../shared/reviews/model/review-item.ts'
import { isInMain } from '../model/members.ts'
import { adminsOf, type Customer, type Model } from '../model/state.ts'
import { type Grant, isOver, nameOf } from './grants.ts'
import type { Review } from './state.ts'

type Outcome = NonNullable<ReviewItem['outcome']>
type Revocation = { id: string; grant: Grant | undefined; item: ReviewItem | undefined }

/** Applies a review's revocation or reduction to the model, and returns why it is wrong. */
export function recordRevocation(
  model: Model,
  customer: Customer,
  review: Review,
  { id, grant, item }: Revocation,
): string[] {
  const outcome = item?.outcome
  if (review.state !== 'applying') return [`${id} was revoked by a review that is ${review.state}`]
  if (!grant || !outcome) return [`${id} was revoked and is not held, or has no outcome`]
  const wrong =
    outcome.by === 'decision'
      ? wrongByDecision(review, outcome, { id, grant })
      : wrongByDefault(model, customer, review, { id, grant, item })
  apply(model, review, grant, outcome)
  return wrong.map((what) => `${id} was revoked by ${outcome.by}, and ${what}`)
}

function wrongByDecision(
  { decisions }: Review,
  outcome: Outcome,
  { id, grant }: { id: string; grant: Grant },
): string[] {
  const decision = decisions.get(id)
  if (!decision) return ['nobody has decided so']
  const { decision: choice, roles, capabilities, until, isCertain } = decision
  const isAsDecided =
    choice === outcome.decision &&
    sorted(roles) === sorted(outcome.roles) &&
    sorted(capabilities) === sorted(outcome.capabilities)
  return [
    ...(isAsDecided ? [] : [`${choice} was decided`]),
    ...(choice === 'keep' && until === undefined ? ['was to be kept'] : []),
    ...(isCertain && decision.grant?.identity !== grant.identity ? ['was changed since it was decided'] : []),
  ]
}

const sorted = (names: readonly string[] | undefined) => names?.toSorted().join()

function wrongByDefault(
  model: Model,
  customer: Customer,
  review: Review,
  { id, grant, item }: Revocation & { grant: Grant },
): string[] {
  const { policy, ended, decisions, limit } = review
  const decision = decisions.get(id)
  const says = policy.unanswered === 'recommendation' ? item?.recommendation.advice : policy.unanswered
  const isDecided = decision?.isCertain && decision.grant?.revision === grant.revision
  const isLast =
    grant.user.type === 'customer-admin' &&
    grant.place === 'main' &&
    !adminsOf(customer).some((user) => user !== grant.user && !user.disabled && isInMain(user, model.now))
  review.taken++
  return [
    ...(item?.outcome?.decision === says && says !== 'keep' ? [] : [`the policy says ${says}`]),
    ...(isDecided ? [`${decision.decision} was decided`] : []),
    ...(grant.user === customer.owner ? ["it is the main-customer's"] : []),
    ...(isLast ? ["it is the last active admin's"] : []),
    ...(review.taken > limit ? [`it is more than ${limit}`] : []),
    ...(ended?.held.get(id)?.identity === grant.identity ? [] : ['was not so when decisions ended']),
  ]
}

function apply(model: Model, review: Review, grant: Grant, outcome: Outcome): void {
  const { decision, roles, capabilities, until, reason = `review ${review.id}` } = outcome
  const turn = ++model.turn
  const isGone = decision === 'revoke' || isOver(until, model.now)
  const left = decision === 'reduce' ? (roles ?? capabilities ?? []) : grant.roles
  const expiresAt = until === undefined ? grant.expiresAt : new Date(Date.parse(until)).toISOString()
  grant.user.words.set(nameOf(grant.place), {
    turn,
    grant: isGone ? undefined : { roles: left, source: 'review', expiresAt, reason },
  })
}
