import type { Action } from '../action.ts'
import { pickCaller } from '../callers.ts'
import { grant, heldIn, type Place, revoke, type Terms } from '../change-grants.ts'
import { findServer, ifMatchFor, pick, pickProject, pickUser, serverIds } from '../dice.ts'
import { type Customer, isOwner, type Model, present, type User } from '../state.ts'
import { bodyOr, type Given, pathOf, unknown } from './given.ts'
import { isOf } from './projects.ts'
import { sure } from './users.ts'

const roleSets = [['compute:read'], ['full'], ['dns:manage', 'image:operate']] as const
const mainRoleSets = [[], ['cdn']] as const
const capabilitySets = [['view'], ['view', 'power'], ['view', 'console', 'backup']] as const
const hour = 3_600_000

/** Mostly without an end; rarely one that has come already. */
function termsOf({ now }: Model, { dice: { which, more } }: Given): Omit<Terms, 'roles'> {
  const after = pick([undefined, undefined, undefined, 8_000, hour, 72 * hour, 9_000 * hour, -1], which)
  return {
    ...(after !== undefined && { expiresAt: new Date(now + after).toISOString() }),
    ...(more % 5 === 0 && { reason: 'asked for it' }),
  }
}

type Pair = { user: User | undefined; place: Place | undefined; action: Omit<Action, 'method' | 'plan'> }

/** What commands on a user in a project have in common. */
function onMember(model: Model, given: Given): Pair {
  const { customer, dice } = given
  const project = dice.project % 4 === 0 ? 'main' : pickProject(model, customer, dice.project)
  const id = project === 'main' ? project : (project?.id ?? unknown.project)
  const right = project === 'main' ? 'user.manage' : 'project.manage'
  const needs = { right, on: { isThere: isOf(customer, project) } } as const
  return onPair(model, given, { place: project, needs, path: pathOf(customer, 'projects', id, 'members') })
}

/** What commands on a user and a server have in common. */
function onAssignee(model: Model, given: Given): Pair {
  const { customer, dice } = given
  const assigned = customer.servers.filter((server) => holdersOf(customer, server).length > 0)
  const known = [...customer.servers, ...assigned, ...assigned, ...assigned].map(({ id: of }) => of)
  const id = pick([pick([...serverIds, 'nil'], dice.more), ...known], dice.server)
  const place = findServer(customer, id)
  const needs = { right: 'server.assign', on: { isThere: place !== undefined } } as const
  return onPair(model, given, { place, needs, path: pathOf(customer, 'servers', id, 'assignments') })
}

const holdersOf = (customer: Customer, place: Place) =>
  present(customer).filter((user) => !isOwner(user) && heldIn(user, place))

type On = { place: Place | undefined; needs: Action['needs']; path: string }

function onPair(model: Model, given: Given, { place, needs, path: list }: On): Pair {
  const { customer, dice } = given
  // What is there to be taken away, and to be changed, is found more often than by chance.
  const holders = place ? holdersOf(customer, place) : []
  const user =
    dice.which % 2 === 0 && holders.length > 0
      ? pick(holders, dice.user)
      : pickUser(model, customer, dice.user)
  const path = `${list}/${user?.id ?? unknown.user}`
  const isThere = user !== undefined && !user.deleted && customer.users.includes(user)
  const holds = isThere && place !== undefined && heldIn(user, place) !== undefined
  const ifMatch = ifMatchFor(dice.ifMatch, { isThere: holds, path })
  const action = {
    caller: pickCaller(model, given),
    customer,
    path,
    needs,
    isMissing: !isThere,
    // What isn't held has no ETag to ask for.
    ifMatch: ifMatch.mode === 'right' && !holds ? { ...ifMatch, mode: 'any' as const } : ifMatch,
  }
  return { user, place, action }
}

export function putMember(model: Model, given: Given): Action {
  const { user, place, action } = onMember(model, given)
  const isMain = place === 'main'
  const roles = pick<readonly string[]>(isMain ? mainRoleSets : roleSets, given.dice.more)
  const terms = { roles, ...termsOf(model, given) }
  // One that fits no project at all, and those that only the other kind of project takes.
  const misplaced = isMain ? [['full'], ['cdn', 'cdn']] : [[], ['cdn'], ['full', 'full']]
  const asked = given.dice.variant > 965 ? { ...terms, roles: pick(misplaced, given.dice.more) } : terms
  const sent = bodyOr(asked, [{}, { roles: ['compute:own'] }, { roles, until: 'never' }], given)
  return {
    ...action,
    method: 'PUT',
    ...sent,
    isMisfit: sent.isMisfit || asked !== terms || isOver(model, terms),
    plan: () => grant(model, sure(user), sure(place), terms, 'explicit'),
  }
}

export function putAssignment(model: Model, given: Given): Action {
  const { user, place, action } = onAssignee(model, given)
  const { roles, ...terms } = {
    roles: pick<readonly string[]>(capabilitySets, given.dice.more),
    ...termsOf(model, given),
  }
  const misfits = [{}, { capabilities: ['fly'] }, { capabilities: ['power', 'power'] }]
  // Viewing is part of every assignment, named or not.
  const sent = bodyOr({ capabilities: roles.filter((name) => name !== 'view'), ...terms }, misfits, given)
  return {
    ...action,
    method: 'PUT',
    ...sent,
    isMisfit: sent.isMisfit || isOver(model, terms),
    plan: () => grant(model, sure(user), sure(place), { roles, ...terms }, 'explicit'),
  }
}

const isOver = ({ now }: Model, { expiresAt }: Pick<Terms, 'expiresAt'>): boolean =>
  expiresAt !== undefined && Date.parse(expiresAt) <= now

export const removeMember = (model: Model, given: Given) => remove(model, onMember(model, given))
export const removeAssignment = (model: Model, given: Given) => remove(model, onAssignee(model, given))

function remove(model: Model, { user, place, action }: Pair): Action {
  const isMissing = action.isMissing === true || action.ifMatch?.isThere === false
  return { ...action, isMissing, method: 'DELETE', plan: () => revoke(model, sure(user), sure(place)) }
}
