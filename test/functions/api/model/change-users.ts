import type { Caller } from './caller.ts'
import { type Outcome, refuse, unless } from './outcome.ts'
import {
  adminsOf,
  type AssignableType,
  type Customer,
  type Grant,
  isOwner,
  mainPlace,
  type Model,
  type User,
  userByEmail,
} from './state.ts'

/** Admins that a customer may have. */
const quota = 50
/** How long an invitation may be taken, in milliseconds. */
const invitationTime = 30 * 86_400_000
/** Since before all projects. */
export const beginning = 0

/** A user as it begins. */
export function newUser(
  model: Pick<Model, 'now' | 'turn'>,
  given: Pick<User, 'email' | 'name' | 'type'>,
): User {
  const { now: invitedAt, turn } = model
  return {
    ...given,
    id: '',
    disabled: false,
    deleted: false,
    invitedAt,
    typeSince: turn,
    adminSince: turn,
    wasOwner: false,
    logins: 0,
    changes: 0,
    voided: given.type === 'customer-billing' ? turn : 0,
    words: new Map(),
  }
}

type NewUser = { email: string; name: string; type: AssignableType; main: boolean }

export function createUser(
  model: Model,
  customer: Customer,
  { main, ...given }: NewUser,
  source: Grant['source'],
): Outcome {
  if (userByEmail(customer, given.email)) return refuse('conflict')
  if (given.type === 'customer-admin' && adminsOf(customer).length >= quota) return refuse('quota')
  return {
    status: 201,
    apply: () => {
      const user = newUser(model, given)
      if (main) user.words.set(mainPlace, { turn: model.turn, grant: { roles: [], source } })
      customer.users.push(user)
    },
  }
}

type NewType = { type: AssignableType; joinExisting?: boolean; apply?: () => void }

/** For a type that isn't the one the user has. */
export function changeType(
  model: Model,
  customer: Customer,
  user: User,
  { type, joinExisting = false, apply }: NewType,
): Outcome {
  const becomesAdmin = type === 'customer-admin' && user.type !== type
  if (becomesAdmin && adminsOf(customer).length >= quota) return refuse('quota')
  return {
    status: 200,
    apply: () => {
      apply?.()
      if (user.type !== type) beginType(model, user, type)
      if (joinExisting) user.adminSince = beginning
    },
  }
}

export function beginType({ turn }: Model, user: User, type: User['type']): void {
  user.changes++
  Object.assign(user, { wasOwner: isOwner(user), type, typeSince: turn, adminSince: turn })
  if (type === 'customer-billing') user.voided = turn
}

export function deleteUser(user: User): Outcome {
  if (isOwner(user)) return refuse('locked')
  return { status: 204, apply: () => Object.assign(user, { deleted: true, login: undefined }) }
}

export function unlinkLogin(user: User, caller: Caller): Outcome {
  if (isOwner(user) && caller.kind !== 'operator') return refuse('locked')
  if (user.login === undefined) return refuse('not-found')
  return {
    status: 204,
    apply: () => {
      const unlinked = [...(user.unlinked ?? []), user.login]
      Object.assign(user, { login: undefined, unlinked, logins: user.logins + 1 })
    },
  }
}

export function updateUser(
  model: Model,
  customer: Customer,
  user: User,
  { name, email, status }: { name?: string; email?: string; status?: string },
  caller: Caller,
): Outcome {
  if (isOwner(user)) {
    const isCorrection = caller.kind === 'operator' && user.login === undefined
    if (status === 'disabled' || (email !== undefined && !isCorrection)) return refuse('locked')
  }
  if (email !== undefined && email !== user.email && userByEmail(customer, email)) return refuse('conflict')
  const isOver = user.unlinked !== undefined || model.now - user.invitedAt > invitationTime
  const invites = email !== undefined && (email !== user.email || (user.login === undefined && isOver))
  const isNamed = name === undefined || name === user.name
  const isInState = status === undefined || (status === 'disabled') === user.disabled
  return unless(isNamed && isInState && !invites, {
    status: 200,
    apply: () => {
      user.name = name ?? user.name
      if (email !== undefined) Object.assign(user, { email, invitedAt: model.now, unlinked: undefined })
      if (status !== undefined) setDisabled(user, status === 'disabled')
    },
  })
}

/** What is only said again changes nothing. */
export function setDisabled(user: User, disabled: boolean): void {
  if (user.disabled !== disabled) user.changes++
  user.disabled = disabled
}
