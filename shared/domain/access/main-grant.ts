import type { Fact, StoredGrant } from '../entities/grant.ts'
import type { Stamp } from '../values/instant.ts'

/**
 * Of a membership of Main, more than the newest word counts: a billing user holds no role there, but may be a member or be
 * removed, and a creation may turn out to be a second one. So a register keeps what may come to count again, with the
 * newest in front.
 */
function factsOf({ stamp, revoked, roles, source, grantedBy, grantedAt, ...more }: StoredGrant): Fact[] {
  const { expiresAt, reason, created, older = [] } = more
  return [{ stamp, revoked, roles, source, grantedBy, grantedAt, expiresAt, reason, created }, ...older]
}

/** True for what nothing older comes back behind: any type holds it, and it doesn't come with a creation. */
const isLasting = ({ revoked, roles, created }: Fact) => !created && (revoked === true || roles.length === 0)

/** Without what can't count any more. */
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

/** The register of Main with something newly said; `undefined`: that can't come to count. */
export function withFact(stored: StoredGrant | undefined, said: StoredGrant): StoredGrant | undefined {
  if (!stored) return said
  const before = factsOf(stored).filter(({ stamp }) => stamp !== said.stamp)
  const facts = pruned([...factsOf(said), ...before])
  return facts.some(({ stamp }) => stamp === said.stamp) ? asStored(said, facts) : undefined
}

/** The register of Main without what a creation at that stamp has brought; `undefined`: nothing is left. */
export function withoutCreation(stored: StoredGrant, stamp: Stamp): StoredGrant | undefined {
  return asStored(
    stored,
    factsOf(stored).filter((fact) => !(fact.created && fact.stamp === stamp)),
  )
}

/** The register as the newest of it has it that fits; `undefined`: none does. */
export const newestWhere = (stored: StoredGrant, fits: (fact: Fact) => boolean): StoredGrant | undefined =>
  asStored(stored, factsOf(stored).filter(fits))

export const stampsOf = (stored: StoredGrant): Stamp[] => factsOf(stored).map(({ stamp }) => stamp)
