import { type Entitlement, entitlementsOf, type Resources } from '../../domain/access/entitlements.ts'
import { isImplicitMember } from '../../domain/access/membership.ts'
import type { StoredGrant } from '../../domain/entities/grant.ts'
import { typeSince } from '../../domain/entities/user-type.ts'
import { typeOf, type User } from '../../domain/entities/user.ts'
import { dateOf, type Instant, instantOfStamp, latest } from '../../domain/values/instant.ts'
import { dayOf, type UsageRecord } from '../../usage/usage.ts'
import type { ReviewScope } from '../policy/review-policy.ts'
import { daysBetween, type Evidence, lastDayOf, recommend } from './recommend.ts'
import type { ReviewItem } from './review-item.ts'
import type { Review } from './review.ts'

/** A user with all registers and uses, both by `project/<id>` and `server/<id>`. */
export type ReviewSubject = {
  user: User
  grants: ReadonlyMap<string, StoredGrant>
  uses: ReadonlyMap<string, UsageRecord>
}

/** For which review, and from when on uses are known. */
export type ReviewRun = { review: Review; since: Instant; now: Instant }

/** A grant as an item, since when it's held by a user of this type, and whether it's in the scope. */
export type ItemCandidate = { item: ReviewItem; since: Instant; isInScope: boolean }

/** One for each grant that a user holds. */
export function itemsFor(
  { user, grants, uses }: ReviewSubject,
  resources: Resources,
  reviewing: ReviewRun,
): ItemCandidate[] {
  const isSince = instantOfStamp(typeSince(user.types))
  const held = entitlementsOf(user, grants, resources, reviewing.now)
  const lastDays = new Map([...uses].map(([register, { lastUse }]) => [register, lastDayOf(lastUse)]))
  return held.map((each) => {
    const register = `${each.resource.kind}/${each.resource.id}`
    const known = uses.get(register)
    const evidence: Evidence = {
      asOf: dayOf(dateOf(reviewing.now)),
      knownSince: dayOf(dateOf(reviewing.since)),
      heldFrom: dayOf(dateOf(heldFrom(user, each))),
      lastUse: known?.lastUse,
      elsewhere: latest([...lastDays].filter(([other]) => other !== register).map(([, day]) => day)),
      loginLinked: user.login !== undefined,
    }
    const item = newItem(user, each, evidence, reviewing)
    const { reviewedAt: at, reviewedIn: id } = known ?? {}
    const lastReview = at !== undefined && id !== undefined ? { id, at } : undefined
    const since = latest([each.terms.grantedAt, isSince]) ?? isSince
    return {
      item: { ...item, lastReview },
      since,
      isInScope: isInScope(item, reviewing.review.policy.scope),
    }
  })
}

function newItem(
  user: User,
  { resource, label, terms }: Entitlement,
  evidence: Evidence,
  { review, now }: ReviewRun,
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
  }
}

/** What comes with a type is held since the user has it, and nothing before the user was there. */
function heldFrom(user: User, { terms }: Entitlement): Instant {
  const byType =
    terms.source === 'type' && isImplicitMember(user) ? instantOfStamp(typeSince(user.types)) : undefined
  return latest([terms.grantedAt, user.createdAt, byType]) ?? terms.grantedAt
}

/** True where a grant fits everything that the scope names. */
export function isInScope(item: ReviewItem, scope: ReviewScope): boolean {
  const { resource, terms, userType, evidence } = item
  const { projects, types, services, origins, unusedDays } = scope
  if (projects && !(resource.kind === 'project' && projects.includes(resource.id))) return false
  if (types && !types.includes(userType)) return false
  if (services && !terms.roles.some((role) => reaches(role, services))) return false
  if (origins && !origins.includes(terms.source === 'type' ? 'automatic' : 'explicit')) return false
  if (unusedDays === undefined) return true
  const { asOf, knownSince } = evidence
  const lastDay = lastDayOf(evidence.lastUse) ?? evidence.heldFrom
  // Of the time before uses are known nobody can say that it went unused.
  return daysBetween(lastDay > knownSince ? lastDay : knownSince, asOf) >= unusedDays
}

const reaches = (role: string, services: readonly string[]): boolean =>
  role === 'full' || services.includes(role.split(':')[0] ?? '')
