import type { GrantTerms } from '../../domain/access/entitlements.ts'
import type { Capability } from '../../domain/entities/capability.ts'
import type { GrantedResource } from '../../domain/entities/grant.ts'
import type { UserType } from '../../domain/entities/user-type.ts'
import type { Instant } from '../../domain/values/instant.ts'
import type { Evidence, Recommendation } from './recommend.ts'

/**
 * `open`: nobody has decided. `gone`: the grant isn't held any more, or isn't within the scope, and nothing is left to
 * decide. `applied`: the directory says what was decided. `verified`: a decision asked afterwards says so too, and so does
 * OpenStack.
 */
export const itemStates = ['open', 'decided', 'gone', 'applied', 'verified'] as const
export type ItemState = (typeof itemStates)[number]

export const decisionChoices = ['keep', 'reduce', 'revoke'] as const
export type DecisionChoice = (typeof decisionChoices)[number]

/** What somebody wants to become of a grant. */
export type ItemDecision = {
  decision: DecisionChoice
  /** What is left after `reduce`. */
  roles?: readonly string[] | undefined
  capabilities?: readonly Capability[] | undefined
  /** When what is left ends. */
  until?: Instant | undefined
  reason?: string | undefined
  /** `user:usr_…`, as audit events name actors. */
  by: string
  at: Instant
}

/** Why an item that nobody has decided loses less than the policy says. */
export const heldBackReasons = ['main-customer', 'last-admin', 'share'] as const
export type HeldBack = (typeof heldBackReasons)[number]

/** What is done about an item in the end. */
export type ItemOutcome = Pick<ItemDecision, 'decision' | 'roles' | 'capabilities' | 'until' | 'reason'> & {
  /** `default`: what the policy says of what nobody has decided. `changed`: it isn't any more what was looked at, and stays as it is. */
  by: 'decision' | 'default' | 'changed'
  /** Why less was taken away than the policy says. */
  heldBack?: HeldBack | undefined
}

/** True if nothing is left of a grant at that time. */
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
  /** As they were when the item was made. */
  email: string
  userType: UserType
  /** Name of the project, or host name. */
  label: string
  terms: GrantTerms
  /** What is known of the grant's use: all that the recommendation is made from besides the grant itself. */
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
  /** What is in the way of applying or verifying it; tried again. */
  problem?: string | undefined
  appliedAt?: Instant | undefined
  /** Somebody has said something else of the grant since it was applied: what was left of it can't be told any more. */
  changedSince?: true | undefined
  verifiedAt?: Instant | undefined
}

/** True as long as nothing was done about an item, and there is something to do. */
export const isUndone = ({ state }: Pick<ReviewItem, 'state'>): boolean =>
  state === 'open' || state === 'decided'

type Place = Pick<ReviewItem, 'userId' | 'resource'>

/** How the API calls an item: `usr_….project.prj_…`. The same grant has the same id in every review. */
export const itemId = ({ userId, resource }: Place): string => `${userId}.${resource.kind}.${resource.id}`

const id = /^([A-Za-z0-9_-]{1,64})\.(project|server)\.([A-Za-z0-9._-]{1,128})$/

/** `undefined`: no item is called so. */
export function parseItemId(text: string): Place | undefined {
  const [, userId, kind, resourceId] = id.exec(text) ?? []
  if (!userId || !resourceId) return undefined
  return { userId, resource: { kind: kind === 'project' ? 'project' : 'server', id: resourceId } }
}

/** Decisions that an item keeps besides the present one. */
const earlierKept = 20

/** The decisions before the next one, or before the item is open again. */
export function earlierOf({ decision, earlier = [] }: ReviewItem): readonly ItemDecision[] | undefined {
  const all = decision ? [...earlier, decision] : earlier
  return all.length > 0 ? all.slice(-earlierKept) : undefined
}

/** True if a grant is still the one that was looked at. */
export function isSameGrant(one: GrantTerms, other: GrantTerms): boolean {
  return JSON.stringify(inOrder(one)) === JSON.stringify(inOrder(other))
}

function inOrder({ source, grantedAt, expiresAt, roles, capabilities }: GrantTerms) {
  return [source, grantedAt, expiresAt ?? '', roles.toSorted(), capabilities.toSorted()]
}

/** The one outcome of an item, as reviews count them. */
export const outcomeNames = ['kept', 'reduced', 'revoked', 'heldBack', 'changed', 'gone'] as const
export type OutcomeName = (typeof outcomeNames)[number]

/** `undefined`: it has none yet. */
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
