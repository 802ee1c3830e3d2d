import type { Action } from '../action.ts'
import type { Caller } from '../caller.ts'
import { beginning, changeType } from '../change-users.ts'
import { pick } from '../dice.ts'
import { inProject } from '../members.ts'
import { type Outcome, refuse } from '../outcome.ts'
import * as state from '../state.ts'
import { type Given, unknown } from './given.ts'
import { onUser, sure, types } from './users.ts'

type Body = { type: state.AssignableType; keep?: string[]; joinExisting?: boolean }

export function changeUserType(model: state.Model, given: Given): Action {
  const { customer, dice } = given
  const { user, action } = onUser(model, given, '/type', true)
  const body = bodyFor(customer, user, given)
  const misfits = [{ type: 'main-customer' }, { type: 'customer-tech', keep: ['a', 'a'] }, {}] as const
  const isMisfit = dice.variant < 30
  return {
    ...action,
    method: 'PUT',
    body: isMisfit ? pick(misfits, dice.more) : body,
    isMisfit,
    plan: () => plan(model, customer, sure(user), body, action.caller),
  }
}

/** Most kept projects are ones that the user is in by its type; some admins join all there are. */
function bodyFor(customer: state.Customer, user: state.User | undefined, { dice }: Given): Body {
  const type = pick<state.AssignableType>(['customer-admin', ...types], dice.more)
  const ids = state.live(customer).map(({ id }) => id)
  if (type === 'customer-admin') return dice.variant % 3 === 0 ? { type, joinExisting: true } : { type }
  if (dice.variant < 60) return { type, joinExisting: true }
  if (dice.variant < 90) return { type, keep: [pick(['main', unknown.project, ...ids], dice.project)] }
  const held = state.live(customer).filter((project) => user && inProject(user, project))
  const kept = held.filter((_, place) => ((dice.project >> place) & 1) === 1).map(({ id }) => id)
  return (user && state.isAdmin(user)) || dice.variant < 120 ? { type, keep: kept } : { type }
}

function plan(
  model: state.Model,
  customer: state.Customer,
  user: state.User,
  body: Body,
  caller: Caller,
): Outcome {
  const { type, keep = [], joinExisting = false } = body
  if (state.isOwner(user)) return refuse('locked')
  const canBe = state.isAdmin(user) || user.type === type
  const canKeep = canBe && (type === 'customer-tech' || type === 'customer-client')
  if ((joinExisting && type !== 'customer-admin') || (keep.length > 0 && !canKeep)) {
    return refuse('invalid-request')
  }
  const kept = keep.map((id) => state.live(customer).find((project) => project.id === id))
  if (kept.some((project) => !project || !inProject(user, project))) return refuse('invalid-request')
  if (user.type === type && (!joinExisting || user.adminSince === beginning)) {
    return { status: 200, isQuiet: true, apply: () => undefined }
  }
  const reason = caller.kind === 'operator' ? caller.reason : undefined
  return changeType(model, customer, user, {
    type,
    joinExisting,
    apply: () => keepIn(model, user, kept, reason),
  })
}

/** What was by type becomes explicit; what was explicit stays as it is. */
function keepIn(
  { turn }: state.Model,
  user: state.User,
  kept: (state.Project | undefined)[],
  reason: string | undefined,
) {
  for (const project of kept) {
    const held = project && inProject(user, project)
    if (!project || held?.source !== 'type') continue
    user.words.set(project.place, { turn, grant: { roles: held.roles, source: 'explicit', reason } })
  }
}
