import { type FederatedIdentity, type KeystoneUser, ownIdentity } from '../keystone/users.ts'
import type { Mapping } from './mapping.ts'
import { type Snapshot, unknown } from './snapshot.ts'
import type { Step } from './step.ts'

/** Keystone 22 ignores the name of whoever has an identity unless it is given one in the same request. */
export function named(name: string, federated: FederatedIdentity | undefined) {
  return { name, ...(federated && { federated }) }
}

/**
 * What gives a user who keeps its name an identity. One login can be one user's only: what another one has, at another
 * customer perhaps, stays there, unless `surplus` gives it away. Whoever has none waits where no list tells who has it,
 * until a plan of a project has asked.
 */
export function planIdentity(
  user: KeystoneUser,
  identity: FederatedIdentity,
  snapshot: Snapshot,
  surplus: readonly KeystoneUser[],
): Step[] {
  const holder = snapshot.holderOf(identity.uniqueId)
  if (holder === user.id) return []
  const isFree = holder === undefined || surplus.some(({ id }) => id === holder)
  if (!isFree && hasNone(user, snapshot)) return []
  const federated = isFree || holder === unknown ? identity : ownIdentity(identity, user)
  return [{ do: 'change-user', id: user.id, change: { federated }, why: 'federate' }]
}

/** From one who is there a second time. */
export function freeIdentity(user: KeystoneUser, snapshot: Snapshot, { federation }: Mapping): Step[] {
  if (!federation || hasNone(user, snapshot)) return []
  const change = { federated: ownIdentity(federation, user) }
  return [{ do: 'change-user', id: user.id, change, why: 'make-room' }]
}

/** Or one only that nobody logs in with. */
function hasNone({ id }: KeystoneUser, snapshot: Snapshot): boolean {
  const has = snapshot.federatedIdOf(id)
  return has === undefined || has === id
}
