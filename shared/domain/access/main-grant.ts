import type { Fact, StoredGrant } from '../entities/grant.ts'
import type { Stamp } from '../values/instant.ts'

/**
 * A stored grant of Main keeps older facts besides the newest. A billing user holds no role in Main but may be a
 * member or be removed, and a creation may turn out to be the second one of its user: then an older fact is in effect
 * again.
 */
function factsOf({ stamp, revoked, roles, source, grantedBy, grantedAt, ...more }: StoredGrant): Fact[] {
  const { expiresAt, reason, created, older = [] } = more
  return [{ stamp, revoked, roles, source, grantedBy, grantedAt, expiresAt, reason, created }, ...older]
}

/**
 * True if no older fact can take effect behind this one: every type may carry it, and it didn't come with a creation.
 */
const isLasting = ({ revoked, roles, created }: Fact) => !created && (revoked === true || roles.length === 0)

/** Drops the facts that can't take effect any more. */
function pruned(facts: readonly Fact[]): Fact[] {
  const inOrder = [...facts].sort((a, b) => (a.stamp < b.stamp ? 1 : -1))
  const end = inOrder.findIndex(isLasting)
  const newest = end < 0 ? inOrder : inOrder.slice(0, end + 1)
  return newest.filter(
    (fact, place) => fact.created || isLasting(fact) || newest.findIndex((it) => isRole(it)) === place,
  )
}

const isRole = ({ created, revoked, roles }: Fact) => !created && !revoked && roles.length > 0

function asStored(grant: StoredGrant, facts: readonly Fact[]): StoredGrant | undefined {
  const [newest, ...older] = facts
  return newest && { ...grant, ...newest, older: older.length > 0 ? older : undefined }
}

/** Returns the stored grant of Main with another fact; `undefined` if that can never take effect. */
export function withFact(stored: StoredGrant | undefined, added: StoredGrant): StoredGrant | undefined {
  if (!stored) return added
  const before = factsOf(stored).filter(({ stamp }) => stamp !== added.stamp)
  const facts = pruned([...factsOf(added), ...before])
  return facts.some(({ stamp }) => stamp === added.stamp) ? asStored(added, facts) : undefined
}

/**
 * Returns the stored grant of Main without the fact that a creation at that stamp brought; `undefined` if nothing is
 * left.
 */
export function withoutCreation(stored: StoredGrant, stamp: Stamp): StoredGrant | undefined {
  return asStored(
    stored,
    factsOf(stored).filter((fact) => !(fact.created && fact.stamp === stamp)),
  )
}

/** Returns the stored grant with its newest fact that fits in front; `undefined` if none fits. */
export const newestWhere = (stored: StoredGrant, fits: (fact: Fact) => boolean): StoredGrant | undefined =>
  asStored(stored, factsOf(stored).filter(fits))

export const stampsOf = (stored: StoredGrant): Stamp[] => factsOf(stored).map(({ stamp }) => stamp)
