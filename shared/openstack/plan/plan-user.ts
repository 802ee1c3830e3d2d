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
  /** True if the user exists, or will after the steps. */
  exists: boolean
}

/**
 * Steps that make a user of ours match the directory; a missing user is created only with `create`. A deleted user is
 * disabled and loses name and identity: the e-mail address may become another user's.
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
  const state = {
    ...(user ? { id: user.id, exists: true } : { exists: false }),
    ...(isTaken && { obstacle: takenName({ what: 'user', name, holder }, customerId) }),
  }
  if (!user && (isTaken || !create || status === 'gone')) return { steps, ...state }

  if (!isFree && !isTaken) steps.push(makeRoom(customerId, holder, mapping))
  const { domainId, federation } = mapping
  const uniqueId = federatedIdOf(email)
  const identity = federation && uniqueId.length <= longestUniqueId ? { ...federation, uniqueId } : undefined
  if (!user) {
    const enabled = status === 'active'
    const created = { domainId, name, enabled, latchkeyUserId: userId, federated: identity }
    return { steps: [...steps, { do: 'create-user', user: created }], exists: true }
  }
  // The identity follows the e-mail address, as the name does.
  const due = federation && (status === 'gone' || !identity) ? ownIdentity(federation, user) : identity
  if (user.name !== name && !isTaken)
    steps.push({ do: 'change-user', id: user.id, change: nameWithIdentity(name, due), why: 'rename' })
  else if (due) steps.push(...planIdentity(user, due, snapshot, surplus))
  return { steps, ...state }
}

/** Characters that Keystone's column holds. A quoted address may be longer: such a user has no identity. */
const longestUniqueId = 255

/** Puts the one with the right name first. There are two only if concurrent runs created it, under two names. */
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

/** Renames the holder to its Keystone id, a name that no other user can have. */
function makeRoom(customerId: string, holder: KeystoneUser, { federation }: Mapping): Step {
  const { id, latchkeyUserId: userId = '' } = holder
  const change = nameWithIdentity(
    nameInKeystone(customerId, id),
    federation && ownIdentity(federation, holder),
  )
  return { do: 'change-user', id, change, why: 'make-room', of: { customerId, userId } }
}

/** Keystone 22 ignores the new name of a user with an identity, unless the request has an identity too. */
function nameWithIdentity(name: string, federated: FederatedIdentity | undefined) {
  return { name, ...(federated && { federated }) }
}

/**
 * Steps that give a user the identity of their e-mail address. A login belongs to one user only: the identity of another
 * user, perhaps of another customer, stays there, unless `surplus` loses it. If a user has none and no list has the
 * holder, a project's plan looks it up first.
 */
function planIdentity(
  user: KeystoneUser,
  identity: FederatedIdentity,
  snapshot: Snapshot,
  surplus: readonly KeystoneUser[],
): Step[] {
  const holder = snapshot.holderOf(identity.uniqueId)
  if (holder === user.id) return []
  const isFree = holder === undefined || surplus.some(({ id }) => id === holder)
  if (!isFree && hasNoLogin(user, snapshot)) return []
  const federated = isFree || holder === unknown ? identity : ownIdentity(identity, user)
  return [{ do: 'change-user', id: user.id, change: { federated }, why: 'federate' }]
}

/** Takes the identity of a duplicate away. */
function freeIdentity(user: KeystoneUser, snapshot: Snapshot, { federation }: Mapping): Step[] {
  if (!federation || hasNoLogin(user, snapshot)) return []
  const change = { federated: ownIdentity(federation, user) }
  return [{ do: 'change-user', id: user.id, change, why: 'make-room' }]
}

/** True without an identity, or with the own id, with which nobody logs in. */
function hasNoLogin({ id }: KeystoneUser, snapshot: Snapshot): boolean {
  const has = snapshot.federatedIdOf(id)
  return has === undefined || has === id
}
