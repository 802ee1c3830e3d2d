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

/** A user with all stored grants and their usage, both by `project/<id>` and `server/<id>`. */
export type ReviewSubject = {
  user: User
  grants: ReadonlyMap<string, StoredGrant>
  usage: ReadonlyMap<string, UsageRecord>
}

/** The review, and since when usage is recorded. */
type ReviewRun = { review: Review; since: Instant; now: Instant }

/** A grant as an item. `since`: it has been held, by a user of this type, from then on. */
export type ItemCandidate = { item: ReviewItem; since: Instant; isInScope: boolean }

/** Returns a candidate for each grant that the user holds. */
export function itemsFor(
  { user, grants, usage }: ReviewSubject,
  resources: Resources,
  run: ReviewRun,
): ItemCandidate[] {
  const ofTypeSince = instantOfStamp(typeSince(user.types))
  const entitlements = entitlementsOf(user, grants, resources, run.now)
  const lastDays = new Map([...usage].map(([resource, { lastUse }]) => [resource, lastDayOf(lastUse)]))
  return entitlements.map((entitlement) => {
    const resource = `${entitlement.resource.kind}/${entitlement.resource.id}`
    const known = usage.get(resource)
    const evidence: Evidence = {
      asOf: dayOf(dateOf(run.now)),
      knownSince: dayOf(dateOf(run.since)),
      heldFrom: dayOf(dateOf(heldFrom(user, entitlement))),
      lastUse: known?.lastUse,
      elsewhere: latest([...lastDays].filter(([other]) => other !== resource).map(([, day]) => day)),
      loginLinked: user.login !== undefined,
    }
    const item = newItem(user, entitlement, evidence, run)
    const { reviewedAt: at, reviewedIn: id } = known ?? {}
    const lastReview = at !== undefined && id !== undefined ? { id, at } : undefined
    const since = latest([entitlement.terms.grantedAt, ofTypeSince]) ?? ofTypeSince
    return {
      item: { ...item, lastReview },
      since,
      isInScope: isInScope(item, run.review.policy.scope),
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

/** A grant that comes with the user's type is held since the user has the type; none from before the user was created. */
function heldFrom(user: User, { terms }: Entitlement): Instant {
  const byType =
    terms.source === 'type' && isImplicitMember(user) ? instantOfStamp(typeSince(user.types)) : undefined
  return latest([terms.grantedAt, user.createdAt, byType]) ?? terms.grantedAt
}

/** True if a grant matches everything that the scope names. */
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
  // Before usage was recorded, a grant may well have been used: those days don't count as unused.
  return daysBetween(lastDay > knownSince ? lastDay : knownSince, asOf) >= unusedDays
}

const reaches = (role: string, services: readonly string[]): boolean =>
  role === 'full' || services.includes(role.split(':')[0] ?? '')
