import type { KeystoneUser } from '../users.ts'
import type { Mapping } from './mapping.ts'
import { federatedIdOf, nameInKeystone } from './names.ts'
import type { Snapshot } from './snapshot.ts'
import type { Step } from './step.ts'
import type { WantedUser } from './wanted.ts'

/** A name that somebody has who isn't ours: what needs it can't be as it should be. */
export type Obstacle = { what: 'project' | 'user'; name: string; holderId: string }

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
 * directory is disabled and gives its name away: the e-mail address may become somebody else's.
 */
export function planUser(
  wanted: WantedUser,
  snapshot: Snapshot,
  mapping: Mapping,
  { create }: { create: boolean },
): UserPlan {
  const { customerId, userId, email, status } = wanted
  const name = nameInKeystone(customerId, status === 'gone' ? userId : email)
  const [user, ...surplus] = meantFirst(name, snapshot.usersOf(userId))
  const steps = [...surplus.flatMap(disable), ...(user ? setStatus(user, status) : [])]
  const is = user ? { id: user.id, there: true } : { there: false }

  const holder = snapshot.userNamed(name)
  const isFree = !holder || holder.id === user?.id
  if (!isFree && !snapshot.isOurs(holder.id))
    return { steps, ...is, obstacle: { what: 'user', name, holderId: holder.id } }
  if (!user && (!create || status === 'gone')) return { steps, ...is }

  if (!isFree) steps.push(makeRoom(customerId, holder))
  const identity = mapping.federation && { ...mapping.federation, uniqueId: federatedIdOf(email) }
  if (!user) {
    const enabled = status === 'active'
    const { domainId } = mapping
    const created = { domainId, name, enabled, latchkeyUserId: userId, federated: identity }
    return { steps: [...steps, { do: 'create-user', user: created }], there: true }
  }
  const isRenamed = user.name !== name
  if (isRenamed) steps.push({ do: 'change-user', id: user.id, change: { name }, why: 'rename' })
  // The identity goes by the e-mail address, as the name does.
  if (identity && status !== 'gone' && (isRenamed || !snapshot.isFederated(user.id)))
    steps.push({ do: 'change-user', id: user.id, change: { federated: identity }, why: 'federate' })
  return { steps, ...is }
}

/** Two of one kind are there only if it was made twice at the same moment, under two names. */
export function meantFirst<T extends { id: string; name: string }>(name: string, items: readonly T[]): T[] {
  return items.toSorted((a, b) => Number(b.name === name) - Number(a.name === name) || (a.id < b.id ? -1 : 1))
}

function setStatus(user: KeystoneUser, status: WantedUser['status']): Step[] {
  if (status !== 'active') return disable(user)
  return user.enabled ? [] : [{ do: 'change-user', id: user.id, change: { enabled: true }, why: 'enable' }]
}

function disable({ id, enabled }: KeystoneUser): Step[] {
  return enabled ? [{ do: 'change-user', id, change: { enabled: false }, why: 'disable' }] : []
}

/** By Keystone's id, which nobody else can be called by. */
function makeRoom(customerId: string, { id, latchkeyUserId: userId = '' }: KeystoneUser): Step {
  const change = { name: nameInKeystone(customerId, id) }
  return { do: 'change-user', id, change, why: 'make-room', of: { customerId, userId } }
}
