import { mainProjectId } from '../../domain/entities/project.ts'
import { allowanceOf } from '../policy/allowance.ts'
import type { ReviewPolicy } from '../policy/review-policy.ts'
import { lastDayOf } from './recommend.ts'
import { type HeldBack, itemId, type ItemOutcome, type ReviewItem } from './review-item.ts'

/** How far a review goes with what nobody has decided. */
export type RevocationCap = {
  /** Grants that the customer's users held when all were read once more, under review or not. */
  population: number
  /** How many grants lost something without a decision in the thirty days before; absent: none did. */
  taken?: number | undefined
  /** How many more may. */
  limit: number
  /** How many would, if there were no brake. */
  candidates: number
  /** `rankOf` the last one that does; absent: none does. */
  cut?: string | undefined
  /** The admin whose membership of Main stays, being the last one's. */
  spared?: string | undefined
}

/** What settling needs to know of an item; made of all of them before any is settled. */
export type CapInput = Pick<ReviewItem, 'userId' | 'resource' | 'userType' | 'state' | 'decision'> & {
  recommendation: Pick<ReviewItem['recommendation'], 'advice'>
  evidence: Pick<ReviewItem['evidence'], 'lastUse'>
  outcome?: Pick<ItemOutcome, 'by'> | undefined
}

/** Where an item stands among those that are taken away without a decision: the less it is used, the earlier. */
function rankOf({ recommendation, evidence, ...item }: CapInput): string {
  const advice = { revoke: 0, reduce: 1, keep: 2 }[recommendation.advice]
  return `${advice}#${lastDayOf(evidence.lastUse) ?? ''}#${itemId(item)}`
}

/** What the policy alone says of an item that nobody has decided. */
function defaultChoice(
  { recommendation, userType }: CapInput,
  { unanswered }: ReviewPolicy,
): ItemOutcome['decision'] {
  if (userType === 'main-customer') return 'keep'
  return unanswered === 'recommendation' ? recommendation.advice : unanswered
}

/** True for an admin's membership of Main, which brings the Interface. */
export const isAdminInMain = ({ userType, resource }: Pick<CapInput, 'userType' | 'resource'>): boolean =>
  userType === 'customer-admin' && resource.kind === 'project' && resource.id === mainProjectId

/** True for what has changed since it was looked at, which nothing is done about. */
const isUnchanged = ({ outcome }: Pick<CapInput, 'outcome'>): boolean => outcome?.by === 'changed'

/** True for an admin's membership of Main that a decision takes away, or lets come to an end. */
export const losesByDecision = (
  item: Pick<CapInput, 'userType' | 'resource' | 'decision' | 'outcome'>,
): boolean =>
  isAdminInMain(item) &&
  !isUnchanged(item) &&
  (item.decision?.decision === 'revoke' || item.decision?.until !== undefined)

/**
 * The brake for these items. What `outcomeOf` then makes of each, one by one, in whatever order and however often, never
 * takes away more than the share, and never the Interface of the last of the admins: those of the customer who can use it,
 * whether or not their memberships are under review. `account` is of the whole customer: how much it holds, and what reviews
 * took so lately; where it isn't told, what is under review is all there is.
 */
export function computeRevocationCap(
  items: Iterable<CapInput>,
  policy: ReviewPolicy,
  admins: ReadonlySet<string>,
  account?: { held: number; taken: number },
): RevocationCap {
  let reviewed = 0
  const ranked: { rank: string; admin?: string }[] = []
  const staying = new Set(admins)
  for (const item of items) {
    if (item.state === 'gone') continue
    reviewed++
    const isLosing =
      item.decision === undefined && !isUnchanged(item) && defaultChoice(item, policy) !== 'keep'
    const isAdmin = isAdminInMain(item) && admins.has(item.userId)
    if (isAdmin && (isLosing || losesByDecision(item))) staying.delete(item.userId)
    if (isLosing) ranked.push({ rank: rankOf(item), ...(isAdmin && { admin: item.userId }) })
  }
  ranked.sort((one, other) => (one.rank < other.rank ? -1 : 1))
  const spared = staying.size === 0 ? ranked.findLast(({ admin }) => admin !== undefined)?.admin : undefined
  const losing = ranked.filter(({ admin }) => admin === undefined || admin !== spared)
  const { held: population, taken } = account ?? { held: reviewed, taken: 0 }
  const limit = allowanceOf(population, policy.largestShare, taken)
  const cut = losing.slice(0, limit).at(-1)?.rank
  return { population, ...(taken > 0 && { taken }), limit, candidates: ranked.length, cut, spared }
}

/** True for what was taken away without a decision. */
export const losesByDefault = ({ outcome }: Pick<ReviewItem, 'outcome'>): boolean =>
  outcome?.by === 'default' && outcome.decision !== 'keep'

/** What is done about an item. */
export function defaultOutcome(
  item: CapInput & Pick<ReviewItem, 'recommendation'>,
  policy: ReviewPolicy,
  { cut, spared }: RevocationCap,
): ItemOutcome {
  const { decision, recommendation } = item
  if (decision) {
    const { by: _by, at: _at, ...what } = decision
    return { ...what, by: 'decision' }
  }
  const choice = defaultChoice(item, policy)
  const heldBack = choice === 'keep' ? undefined : whyHeldBack(item, { cut, spared })
  if (choice === 'keep' || heldBack)
    return { decision: 'keep', by: 'default', heldBack: heldBack ?? ofOwner(item, policy) }
  if (choice === 'revoke') return { decision: 'revoke', by: 'default' }
  const { roles, capabilities } = recommendation
  return { decision: 'reduce', by: 'default', roles, capabilities }
}

function whyHeldBack(
  item: CapInput,
  { cut, spared }: Pick<RevocationCap, 'cut' | 'spared'>,
): HeldBack | undefined {
  if (isAdminInMain(item) && item.userId === spared) return 'last-admin'
  return cut === undefined || rankOf(item) > cut ? 'share' : undefined
}

/** The main-customer's are kept whatever the policy says: that is told where it says otherwise. */
function ofOwner({ userType }: CapInput, { unanswered }: ReviewPolicy): HeldBack | undefined {
  return userType === 'main-customer' && unanswered === 'revoke' ? 'main-customer' : undefined
}
