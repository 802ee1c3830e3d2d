import type { StoredGrant } from './grant.ts'
import type { Held, Resources } from './held.ts'
import { heldBy } from './held.ts'
import type { Instant } from './instant.ts'
import { instantOfStamp } from './instant.ts'
import { joinsByType } from './joins-by-type.ts'
import type { Evidence } from './recommend.ts'
import { daysBetween, lastDayOf, recommend } from './recommend.ts'
import type { Review } from './review.ts'
import type { ReviewItem } from './review-item.ts'
import type { ReviewScope } from './review-policy.ts'
import type { Day, LastUse } from './use.ts'
import type { User } from './user.ts'
import { typeOf } from './user.ts'
import { heldSince } from './user-type.ts'

/** What is known of a user's grants besides themselves, by `project/<id>` and `server/<id>`. */
export type KnownUses = ReadonlyMap<
  string,
  { lastUse: LastUse; reviewedAt?: Instant | undefined; reviewedIn?: string | undefined }
>

/** A user with all registers and uses. */
export type Reviewed = { user: User; grants: ReadonlyMap<string, StoredGrant>; uses: KnownUses }

/** For which review, and from when on uses are known. */
export type Reviewing = { review: Review; since: Instant; now: Instant }

const dayOf = (instant: Instant): Day => instant.slice(0, 10)

/** An item for each grant that a user holds, and whether it's within the review's scope. */
export function itemsFor(
  { user, grants, uses }: Reviewed,
  resources: Resources,
  reviewing: Reviewing,
): { item: ReviewItem; isInScope: boolean }[] {
  const held = heldBy(user, grants, resources, reviewing.now)
  const lastDays = new Map([...uses].map(([register, { lastUse }]) => [register, lastDayOf(lastUse)]))
  return held.map((each) => {
    const register = `${each.resource.kind}/${each.resource.id}`
    const known = uses.get(register)
    const evidence: Evidence = {
      asOf: dayOf(reviewing.now),
      knownSince: dayOf(reviewing.since),
      heldFrom: dayOf(heldFrom(user, each)),
      lastUse: known?.lastUse,
      elsewhere: latest([...lastDays].filter(([other]) => other !== register).map(([, day]) => day)),
      loginLinked: user.login !== undefined,
    }
    const item = newItem(user, each, evidence, reviewing)
    const { reviewedAt: at, reviewedIn: id } = known ?? {}
    const lastReview = at !== undefined && id !== undefined ? { id, at } : undefined
    return { item: { ...item, lastReview }, isInScope: isInScope(item, reviewing.review.policy.scope) }
  })
}

function newItem(
  user: User,
  { resource, label, terms }: Held,
  evidence: Evidence,
  { review, now }: Reviewing,
): ReviewItem {
  const userType = typeOf(user)
  const { roles, capabilities } = terms
  return {
    customerId: user.customerId,
    reviewId: review.id,
    userId: user.id,
    resource,
    email: user.email,
    userType,
    label,
    terms,
    evidence,
    recommendation: recommend({ userType, kind: resource.kind, roles, capabilities }, evidence),
    createdAt: now,
    state: 'open',
    late: isLate(user, terms, review) ? true : undefined,
  }
}

/** True if the grant, or the type of who holds it, is newer than the end of decisions. */
function isLate({ types }: User, { grantedAt }: Held['terms'], { applyingAt }: Review): boolean {
  const retypedAt = instantOfStamp(types.at(-1)?.at ?? '')
  return applyingAt !== undefined && (grantedAt >= applyingAt || retypedAt >= applyingAt)
}

/** What comes with a type is held since the user has it, and nothing before the user was there. */
function heldFrom(user: User, { terms }: Held): Instant {
  const byType = terms.source === 'type' && joinsByType(user) ? instantOfStamp(heldSince(user.types)) : ''
  return [terms.grantedAt, user.createdAt, byType].sort().at(-1) ?? terms.grantedAt
}

const latest = (days: readonly (Day | undefined)[]): Day | undefined =>
  days
    .filter((day) => day !== undefined)
    .sort()
    .at(-1)

/** True where a grant fits everything that the scope names. */
export function isInScope(item: ReviewItem, scope: ReviewScope): boolean {
  const { resource, terms, userType, evidence } = item
  const { projects, types, services, origins, unusedDays } = scope
  if (projects && !(resource.kind === 'project' && projects.includes(resource.id))) return false
  if (types && !types.includes(userType)) return false
  if (services && !terms.roles.some((role) => reaches(role, services))) return false
  if (origins && !origins.includes(terms.source === 'type' ? 'automatic' : 'explicit')) return false
  const lastDay = lastDayOf(evidence.lastUse) ?? evidence.heldFrom
  return unusedDays === undefined || daysBetween(lastDay, evidence.asOf) >= unusedDays
}

const reaches = (role: string, services: readonly string[]): boolean =>
  role === 'full' || services.includes(role.split(':')[0] ?? '')
