import type { GrantTerms } from '../../domain/access/entitlements.ts'
import type { Capability } from '../../domain/entities/capability.ts'
import type { GrantedResource } from '../../domain/entities/grant.ts'
import type { UserType } from '../../domain/entities/user-type.ts'
import type { Instant } from '../../domain/values/instant.ts'
import type { Evidence, Recommendation } from './recommend.ts'

/**
 * `open`: undecided. `gone`: the grant is no longer held, or no longer in the scope, and nothing is left to decide.
 * `applied`: the outcome is written to the directory. `verified`: `decide` and OpenStack confirm it afterwards.
 */
export const itemStates = ['open', 'decided', 'gone', 'applied', 'verified'] as const
export type ItemState = (typeof itemStates)[number]

export const decisionChoices = ['keep', 'reduce', 'revoke'] as const
type DecisionChoice = (typeof decisionChoices)[number]

/** A reviewer's decision about a grant. */
export type ItemDecision = {
  decision: DecisionChoice
  /** Rights that `reduce` leaves. */
  roles?: readonly string[] | undefined
  capabilities?: readonly Capability[] | undefined
  /** Expiry of the rights that are left. */
  until?: Instant | undefined
  reason?: string | undefined
  /** `user:usr_…`, as audit events name actors. */
  by: string
  at: Instant
}

/** Why an undecided item loses less than the policy says. */
export const heldBackReasons = ['main-customer', 'last-admin', 'share'] as const
export type HeldBack = (typeof heldBackReasons)[number]

/** The final effect on an item's grant. */
export type ItemOutcome = Pick<ItemDecision, 'decision' | 'roles' | 'capabilities' | 'until' | 'reason'> & {
  /** `default`: the policy's, as nobody has decided. `changed`: the grant has changed since it was reviewed, and stays. */
  by: 'decision' | 'default' | 'changed'
  /** Why it takes less than the policy says. */
  heldBack?: HeldBack | undefined
}

/** True if the outcome leaves nothing of a grant at that time. */
export const isFullRevocation = (
  { decision, until }: Pick<ItemOutcome, 'decision' | 'until'>,
  at: Instant,
): boolean => decision === 'revoke' || (until !== undefined && until <= at)

/** One grant under review. */
export type ReviewItem = {
  customerId: string
  reviewId: string
  userId: string
  resource: GrantedResource
  /** Address and type when the item was made. */
  email: string
  userType: UserType
  /** Name of the project, or host name. */
  label: string
  terms: GrantTerms
  /** Together with the grant itself, all that the recommendation is made from. */
  evidence: Evidence
  recommendation: Recommendation
  lastReview?: { id: string; at: Instant } | undefined
  createdAt: Instant
  state: ItemState
  decision?: ItemDecision | undefined
  /** Decisions before this one, oldest first: the last twenty; the audit trail has all. */
  earlier?: readonly ItemDecision[] | undefined
  outcome?: ItemOutcome | undefined
  goneBecause?: string | undefined
  /** Why it can't be applied or verified yet; the worker retries. */
  problem?: string | undefined
  appliedAt?: Instant | undefined
  /** The grant was changed after the outcome was applied, so that the outcome can no longer be verified. */
  changedSince?: true | undefined
  verifiedAt?: Instant | undefined
}

/** True for an item that is still to be applied. */
export const isUndone = ({ state }: Pick<ReviewItem, 'state'>): boolean =>
  state === 'open' || state === 'decided'

type Place = Pick<ReviewItem, 'userId' | 'resource'>

/** Id of an item in the API: `usr_….project.prj_…`. The same grant has the same id in every review. */
export const itemId = ({ userId, resource }: Place): string => `${userId}.${resource.kind}.${resource.id}`

const id = /^([A-Za-z0-9_-]{1,64})\.(project|server)\.([A-Za-z0-9._-]{1,128})$/

/** `undefined`: not the id of an item. */
export function parseItemId(text: string): Place | undefined {
  const [, userId, kind, resourceId] = id.exec(text) ?? []
  if (!userId || !resourceId) return undefined
  return { userId, resource: { kind: kind === 'project' ? 'project' : 'server', id: resourceId } }
}

/** Decisions that an item keeps besides the current one. */
const earlierKept = 20

/** The earlier decisions of an item that gets another one, or opens again. */
export function earlierOf({ decision, earlier = [] }: ReviewItem): readonly ItemDecision[] | undefined {
  const all = decision ? [...earlier, decision] : earlier
  return all.length > 0 ? all.slice(-earlierKept) : undefined
}

/** True if a grant is still the reviewed one. */
export function isSameGrant(one: GrantTerms, other: GrantTerms): boolean {
  return JSON.stringify(inOrder(one)) === JSON.stringify(inOrder(other))
}

function inOrder({ source, grantedAt, expiresAt, roles, capabilities }: GrantTerms) {
  return [source, grantedAt, expiresAt ?? '', roles.toSorted(), capabilities.toSorted()]
}

/** Outcomes by which reviews count their items. */
export const outcomeNames = ['kept', 'reduced', 'revoked', 'heldBack', 'changed', 'gone'] as const
export type OutcomeName = (typeof outcomeNames)[number]

/** `undefined`: the item has no outcome yet. */
export function outcomeName({
  state,
  outcome,
}: Pick<ReviewItem, 'state' | 'outcome'>): OutcomeName | undefined {
  if (state === 'gone') return 'gone'
  if (!outcome) return undefined
  if (outcome.heldBack) return 'heldBack'
  if (outcome.by === 'changed') return 'changed'
  return ({ keep: 'kept', reduce: 'reduced', revoke: 'revoked' } as const)[outcome.decision]
}
