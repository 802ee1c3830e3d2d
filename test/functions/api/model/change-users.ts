import type { Caller } from './caller.ts'
import { type Outcome, refuse, unless } from './outcome.ts'
import * as state from './state.ts'

/** Admins that a customer may have. */
const quota = 50
/** How long an invitation may be taken, in milliseconds. */
const invitationTime = 30 * 86_400_000
/** Since before all projects. */
export const beginning = 0

/** A user as it begins. */
export function newUser(
  model: Pick<state.Model, 'now' | 'turn'>,
  given: Pick<state.User, 'email' | 'name' | 'type'>,
): state.User {
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

type NewUser = { email: string; name: string; type: state.AssignableType; main: boolean }

export function createUser(
  model: state.Model,
  customer: state.Customer,
  { main, ...given }: NewUser,
  source: state.Grant['source'],
): Outcome {
  if (state.userByEmail(customer, given.email)) return refuse('conflict')
  if (given.type === 'customer-admin' && state.adminsOf(customer).length >= quota) return refuse('quota')
  return {
    status: 201,
    apply: () => {
      const user = newUser(model, given)
      if (main) user.words.set(state.mainPlace, { turn: model.turn, grant: { roles: [], source } })
      customer.users.push(user)
    },
  }
}

type NewType = { type: state.AssignableType; joinExisting?: boolean; apply?: () => void }

/** For a type that isn't the one the user has. */
export function changeType(
  model: state.Model,
  customer: state.Customer,
  user: state.User,
  { type, joinExisting = false, apply }: NewType,
): Outcome {
  const becomesAdmin = type === 'customer-admin' && user.type !== type
  if (becomesAdmin && state.adminsOf(customer).length >= quota) return refuse('quota')
  return {
    status: 200,
    apply: () => {
      apply?.()
      if (user.type !== type) beginType(model, user, type)
      if (joinExisting) user.adminSince = beginning
    },
  }
}

export function beginType({ turn }: state.Model, user: state.User, type: state.User['type']): void {
  user.changes++
  Object.assign(user, { wasOwner: state.isOwner(user), type, typeSince: turn, adminSince: turn })
  if (type === 'customer-billing') user.voided = turn
}

export function deleteUser(user: state.User): Outcome {
  if (state.isOwner(user)) return refuse('locked')
  return { status: 204, apply: () => Object.assign(user, { deleted: true, login: undefined }) }
}

export function unlinkLogin(user: state.User, caller: Caller): Outcome {
  if (state.isOwner(user) && caller.kind !== 'operator') return refuse('locked')
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
  model: state.Model,
  customer: state.Customer,
  user: state.User,
  { name, email, status }: { name?: string; email?: string; status?: string },
  caller: Caller,
): Outcome {
  if (state.isOwner(user)) {
    const isCorrection = caller.kind === 'operator' && user.login === undefined
    if (status === 'disabled' || (email !== undefined && !isCorrection)) return refuse('locked')
  }
  if (email !== undefined && email !== user.email && state.userByEmail(customer, email))
    return refuse('conflict')
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
export function setDisabled(user: state.User, disabled: boolean): void {
  if (user.disabled !== disabled) user.changes++
  user.disabled = disabled
}
