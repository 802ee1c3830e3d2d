import { type FederatedIdentity, type KeystoneUser, ownIdentity } from '../keystone/users.ts'
import type { DesiredUser } from './desired.ts'
import type { Mapping } from './mapping.ts'
import { federatedIdOf, nameInKeystone } from './names.ts'
import { type Obstacle, takenName } from './obstacle.ts'
import { type Snapshot, unknown } from './snapshot.ts'
import type { Step } from './step.ts'

export type UserPlan = {
  steps: Step[]
  obstacle?: Obstacle
  /** In Keystone, where it is there already. */
  id?: string
  /** Is there, or will be once the steps are made. */
  there: boolean
}

/**
 * What makes a user of ours as it should be; one that isn't there stays so unless `create`. One that is gone from the
 * directory is disabled and gives its name and identity away: the e-mail address may become somebody else's.
 */
export function planUser(
  desired: DesiredUser,
  snapshot: Snapshot,
  mapping: Mapping,
  { create }: { create: boolean },
): UserPlan {
  const { customerId, userId, email, status } = desired
  const name = nameInKeystone(customerId, status === 'gone' ? userId : email)
  const [user, ...surplus] = preferNamed(name, snapshot.usersOf(userId))
  const steps = [
    ...surplus.flatMap((one) => [...disable(one), ...freeIdentity(one, snapshot, mapping)]),
    ...(user ? setStatus(user, status) : []),
  ]
  const holder = snapshot.userNamed(name)
  const isFree = !holder || holder.id === user?.id
  const isTaken = !isFree && !snapshot.isOurs(holder.id)
  const is = {
    ...(user ? { id: user.id, there: true } : { there: false }),
    ...(isTaken && { obstacle: takenName({ what: 'user', name, holder }, customerId) }),
  }
  if (!user && (isTaken || !create || status === 'gone')) return { steps, ...is }

  if (!isFree && !isTaken) steps.push(makeRoom(customerId, holder, mapping))
  const { domainId, federation } = mapping
  const uniqueId = federatedIdOf(email)
  const identity = federation && uniqueId.length <= longestUniqueId ? { ...federation, uniqueId } : undefined
  if (!user) {
    const enabled = status === 'active'
    const created = { domainId, name, enabled, latchkeyUserId: userId, federated: identity }
    return { steps: [...steps, { do: 'create-user', user: created }], there: true }
  }
  // The identity goes by the e-mail address, as the name does.
  const due = federation && (status === 'gone' || !identity) ? ownIdentity(federation, user) : identity
  if (user.name !== name && !isTaken)
    steps.push({ do: 'change-user', id: user.id, change: nameWithIdentity(name, due), why: 'rename' })
  else if (due) steps.push(...planIdentity(user, due, snapshot, surplus))
  return { steps, ...is }
}

/** Characters that Keystone's column holds. Quoted, an address may be longer: no login can be found by it there. */
const longestUniqueId = 255

/** Two of one kind are there only if it was made twice at the same moment, under two names. */
export function preferNamed<T extends { id: string; name: string }>(name: string, items: readonly T[]): T[] {
  return items.toSorted((a, b) => Number(b.name === name) - Number(a.name === name) || (a.id < b.id ? -1 : 1))
}

function setStatus(user: KeystoneUser, status: DesiredUser['status']): Step[] {
  if (status !== 'active') return disable(user)
  return user.enabled ? [] : [{ do: 'change-user', id: user.id, change: { enabled: true }, why: 'enable' }]
}

function disable({ id, enabled }: KeystoneUser): Step[] {
  return enabled ? [{ do: 'change-user', id, change: { enabled: false }, why: 'disable' }] : []
}

/** By Keystone's id, which nobody else can be called by. */
function makeRoom(customerId: string, holder: KeystoneUser, { federation }: Mapping): Step {
  const { id, latchkeyUserId: userId = '' } = holder
  const change = nameWithIdentity(
    nameInKeystone(customerId, id),
    federation && ownIdentity(federation, holder),
  )
  return { do: 'change-user', id, change, why: 'make-room', of: { customerId, userId } }
}

/** Keystone 22 ignores the name of whoever has an identity unless it is given one in the same request. */
export function nameWithIdentity(name: string, federated: FederatedIdentity | undefined) {
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
