import { mainProjectId } from '../../domain/entities/project.ts'
import { allowanceOf } from '../policy/allowance.ts'
import type { ReviewPolicy } from '../policy/review-policy.ts'
import { lastDayOf } from './recommend.ts'
import { type HeldBack, itemId, type ItemOutcome, type ReviewItem } from './review-item.ts'

/**
 * Caps what a review may take away without a human decision: at most `policy.largestShare` percent of the customer's
 * grants, least used first, and never the last admin's access. The API and audit events call it `brake`.
 */
export type RevocationCap = {
  /** Grants that the customer's users held when all were read once more, under review or not. */
  population: number
  /** Grants that reviews of the thirty days before took or reduced without a decision; absent: none. */
  taken?: number | undefined
  /** How many more may be. */
  limit: number
  /** How many would be without a cap. */
  candidates: number
  /** Rank of the last candidate within the limit; absent: none is. */
  cut?: string | undefined
  /** Id of the admin who stays in Main, as no other would. */
  spared?: string | undefined
}

/** The parts of an item that its default outcome depends on. */
type UndecidedItem = Pick<ReviewItem, 'userId' | 'resource' | 'userType' | 'state' | 'decision'> & {
  recommendation: Pick<ReviewItem['recommendation'], 'advice'>
  evidence: Pick<ReviewItem['evidence'], 'lastUse'>
  outcome?: Pick<ItemOutcome, 'by'> | undefined
}

/** Sorts the candidates: those advised to be revoked first, then the least recently used. */
function rankOf({ recommendation, evidence, ...item }: UndecidedItem): string {
  const advice = { revoke: 0, reduce: 1, keep: 2 }[recommendation.advice]
  return `${advice}#${lastDayOf(evidence.lastUse) ?? ''}#${itemId(item)}`
}

/** The policy's choice for an item without a decision, before any cap. */
function defaultChoice(
  { recommendation, userType }: UndecidedItem,
  { unanswered }: ReviewPolicy,
): ItemOutcome['decision'] {
  if (userType === 'main-customer') return 'keep'
  return unanswered === 'recommendation' ? recommendation.advice : unanswered
}

/** True for an admin's membership of Main, which gives access to the Interface. */
export const isAdminInMain = ({
  userType,
  resource,
}: Pick<UndecidedItem, 'userType' | 'resource'>): boolean =>
  userType === 'customer-admin' && resource.kind === 'project' && resource.id === mainProjectId

/** True for a grant that has changed since it was reviewed, and therefore stays. */
const isUnchanged = ({ outcome }: Pick<UndecidedItem, 'outcome'>): boolean => outcome?.by === 'changed'

/** True for an admin's membership of Main that a decision revokes or lets expire. */
export const losesByDecision = (
  item: Pick<UndecidedItem, 'userType' | 'resource' | 'decision' | 'outcome'>,
): boolean =>
  isAdminInMain(item) &&
  !isUnchanged(item) &&
  (item.decision?.decision === 'revoke' || item.decision?.until !== undefined)

/** All that the cap has to know of an item: strings and flags, so that all items of a large customer fit into memory. */
export type CapInput = {
  /** Empty unless it loses by default. */
  rank: string
  /** The user, where the item is an admin's membership of Main. */
  adminId?: string | undefined
  losesByDefault: boolean
  losesByDecision: boolean
}

/** `undefined`: the grant is gone, and counts no more. */
export function capInputOf(item: UndecidedItem, policy: ReviewPolicy): CapInput | undefined {
  if (item.state === 'gone') return undefined
  const losesByDefault =
    item.decision === undefined && !isUnchanged(item) && defaultChoice(item, policy) !== 'keep'
  return {
    rank: losesByDefault ? rankOf(item) : '',
    adminId: isAdminInMain(item) ? item.userId : undefined,
    losesByDefault,
    losesByDecision: losesByDecision(item),
  }
}

/**
 * Computes the cap from all items that aren't gone. `defaultOutcome` then keeps to it in any order and however often it is
 * asked. `admins` are all who can use the Interface now, under review or not. `account` is of the whole customer: grants held,
 * and those that recent reviews took; without it, the reviewed items are all there is.
 */
export function computeRevocationCap(
  items: readonly CapInput[],
  { largestShare }: Pick<ReviewPolicy, 'largestShare'>,
  admins: ReadonlySet<string>,
  account: { held: number; taken: number } = { held: items.length, taken: 0 },
): RevocationCap {
  const isAdmin = ({ adminId }: CapInput) => adminId !== undefined && admins.has(adminId)
  const losing = items.filter((item) => item.losesByDefault || item.losesByDecision).filter(isAdmin)
  const losingAdmins = new Set(losing.map(({ adminId }) => adminId))
  const candidates = items
    .filter((item) => item.losesByDefault)
    .sort((one, other) => (one.rank < other.rank ? -1 : 1))
  const noneStays = [...admins].every((id) => losingAdmins.has(id))
  const protectedAdminId = noneStays ? candidates.findLast(isAdmin)?.adminId : undefined
  const unprotected = candidates.filter((item) => !isAdmin(item) || item.adminId !== protectedAdminId)
  const { held: population, taken } = account
  const limit = allowanceOf(population, largestShare, taken)
  return {
    population,
    ...(taken > 0 && { taken }),
    limit,
    candidates: candidates.length,
    cut: unprotected.slice(0, limit).at(-1)?.rank,
    spared: protectedAdminId,
  }
}

/** True for an item that lost something without a decision. */
export const lostByDefault = ({ outcome }: Pick<ReviewItem, 'outcome'>): boolean =>
  outcome?.by === 'default' && outcome.decision !== 'keep'

/** The outcome of an item: its decision, or the policy's default within the cap. */
export function defaultOutcome(
  item: UndecidedItem & Pick<ReviewItem, 'recommendation'>,
  policy: ReviewPolicy,
  { cut, spared }: Pick<RevocationCap, 'cut' | 'spared'>,
): ItemOutcome {
  const { decision, recommendation } = item
  if (decision) {
    const { by: _by, at: _at, ...decided } = decision
    return { ...decided, by: 'decision' }
  }
  const choice = defaultChoice(item, policy)
  if (choice === 'keep') return { decision: 'keep', by: 'default', heldBack: heldBackForOwner(item, policy) }
  const heldBack = heldBackByCap(item, { cut, spared })
  if (heldBack) return { decision: 'keep', by: 'default', heldBack }
  if (choice === 'revoke') return { decision: 'revoke', by: 'default' }
  const { roles, capabilities } = recommendation
  return { decision: 'reduce', by: 'default', roles, capabilities }
}

function heldBackByCap(
  item: UndecidedItem,
  { cut, spared }: Pick<RevocationCap, 'cut' | 'spared'>,
): HeldBack | undefined {
  if (isAdminInMain(item) && item.userId === spared) return 'last-admin'
  return cut === undefined || rankOf(item) > cut ? 'share' : undefined
}

/** The main-customer's grants are kept whatever the policy says; the outcome says so where the policy differs. */
function heldBackForOwner({ userType }: UndecidedItem, { unanswered }: ReviewPolicy): HeldBack | undefined {
  return userType === 'main-customer' && unanswered === 'revoke' ? 'main-customer' : undefined
}
