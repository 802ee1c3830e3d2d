import type { Capability } from '../../domain/entities/capability.ts'
import { highestLevel, type Level, levels, services } from '../../domain/entities/role.ts'
import type { UserType } from '../../domain/entities/user-type.ts'
import { latest } from '../../domain/values/instant.ts'
import { type Day, type LastUsage, levelOfCapability } from '../../usage/usage.ts'

/** Days without use after which a right counts as unused. */
const unusedAfterDays = 90
/** Days in which nobody expects a new grant to have been used. */
const newForDays = 30

/** Recorded usage of a grant, as of a day. */
export type Evidence = {
  asOf: Day
  /** Usage is recorded from this day on. */
  knownSince: Day
  /** This user, with this type, has held the grant since then. */
  heldFrom: Day
  lastUse?: LastUsage | undefined
  /** The last day on which the user used any other grant. */
  elsewhere?: Day | undefined
  loginLinked: boolean
}

export const reasons = [
  /** The main-customer's grant: there's nothing to decide. */
  'owner',
  'new',
  /** Usage hasn't been recorded for long enough to tell. */
  'not-known',
  'in-use',
  'never-signs-in',
  'unused',
  'used-elsewhere',
  'only-reads',
] as const

export type Recommendation = {
  advice: 'keep' | 'reduce' | 'revoke'
  because: (typeof reasons)[number]
  /** Roles that would do, for `reduce`. */
  roles?: readonly string[] | undefined
  capabilities?: readonly Capability[] | undefined
}

type Grant = {
  userType: UserType
  kind: 'project' | 'server'
  roles: readonly string[]
  capabilities: readonly Capability[]
}

const milliseconds = (day: Day) => Date.parse(`${day}T00:00:00Z`)
export const daysBetween = (from: Day, to: Day): number =>
  (milliseconds(to) - milliseconds(from)) / 86_400_000

/** The last day of any use. */
export function lastDayOf(lastUse: LastUsage | undefined): Day | undefined {
  return latest(levels.map((level) => lastUse?.[level]))
}

/** Recommends a decision from nothing but the grant and its evidence; reviewers may know better. */
export function recommend(grant: Grant, evidence: Evidence): Recommendation {
  const { asOf, knownSince, heldFrom, lastUse, elsewhere, loginLinked } = evidence
  if (grant.userType === 'main-customer') return { advice: 'keep', because: 'owner' }
  if (daysBetween(heldFrom, asOf) < newForDays) return { advice: 'keep', because: 'new' }
  const isRecent = (day: Day | undefined) => day !== undefined && daysBetween(day, asOf) < unusedAfterDays
  const usedLately = isRecent(lastDayOf(lastUse))
  const signsIn = loginLinked || usedLately || isRecent(elsewhere)
  if (daysBetween(knownSince, asOf) < unusedAfterDays || daysBetween(heldFrom, asOf) < unusedAfterDays)
    return { advice: 'keep', because: usedLately ? 'in-use' : 'not-known' }
  if (grant.userType === 'customer-admin' && !signsIn) return { advice: 'revoke', because: 'never-signs-in' }
  if (!usedLately) return { advice: 'revoke', because: isRecent(elsewhere) ? 'used-elsewhere' : 'unused' }
  const used = levels.filter((level) => isRecent(lastUse?.[level]))
  return reduceToReading(grant, used) ?? { advice: 'keep', because: 'in-use' }
}

/** Recommends the rights to read, where only those were used and more are held. */
function reduceToReading(
  { kind, roles, capabilities }: Grant,
  used: readonly Level[],
): Recommendation | undefined {
  if (used.join() !== 'read') return undefined
  if (kind === 'server') {
    if (!capabilities.some((name) => levelOfCapability(name) === highestLevel)) return undefined
    const enough = capabilities.filter((name) => levelOfCapability(name) === 'read')
    return { advice: 'reduce', because: 'only-reads', capabilities: enough }
  }
  if (!roles.some((role) => role === 'full' || role.endsWith(`:${highestLevel}`))) return undefined
  const held = new Set(roles.map((role) => role.split(':')[0]))
  const enough = services.filter((service) => held.has('full') || held.has(service))
  return { advice: 'reduce', because: 'only-reads', roles: enough.map((service) => `${service}:read`) }
}
