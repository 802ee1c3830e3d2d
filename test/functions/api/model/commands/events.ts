import { grant, revoke } from '../change-grants.ts'
import { createProject, deleteProject } from '../change-projects.ts'
import { deleteServer, putServer } from '../change-servers.ts'
import { changeType, createUser, deleteUser, setDisabled } from '../change-users.ts'
import { findServer, pick, serverIds } from '../dice.ts'
import { type Outcome, refuse } from '../outcome.ts'
import * as state from '../state.ts'
import type { Given } from './given.ts'
import { names } from './projects.ts'
import { hostnames } from './servers.ts'
import { addressOf, types } from './users.ts'

/** An event of the order system, newer than all there is, with what comes of it. */
export type OrderEvent = {
  customer: state.Customer
  type: string
  data: Record<string, unknown>
  plan: () => Outcome
}

type Said = Omit<OrderEvent, 'customer'>

/** What the order system says while people are at it; by names, of those who are there. */
export function orderEvent(model: state.Model, given: Given): OrderEvent {
  const { customer, dice } = given
  const said = pick(
    [ofUser, ofUser, ofUser, ofType, ofType, ofMember, ofMember, ofMember, ofProject, ofServer, ofCustomer],
    dice.more,
  )
  const { type, data, plan } = said(model, given)
  return {
    customer,
    type,
    data: { customerId: customer.id, ...data },
    plan: () => (customer.status === 'closed' ? refuse('conflict') : plan()),
  }
}

const somebody = (customer: state.Customer, die: number): state.User =>
  state.present(customer)[die % state.present(customer).length] ?? customer.owner

function ofUser(model: state.Model, { customer, dice }: Given): Said {
  const user = somebody(customer, dice.user)
  const data = { user: user.email }
  const set = (disabled: boolean) => (): Outcome => ({
    status: 200,
    apply: () => setDisabled(user, disabled),
  })
  const disabled = state.isOwner(user) ? () => refuse('locked') : set(true)
  const named = (): Outcome => ({ status: 200, apply: () => Object.assign(user, { name: 'Eve' }) })
  const email = addressOf(dice.which)
  const created = { email, name: 'Ev', type: pick(types, dice.which), main: dice.project % 2 === 0 }
  const saids = [
    { type: 'user.updated', data: { ...data, name: 'Eve' }, plan: named },
    { type: 'user.disabled', data, plan: disabled },
    { type: 'user.enabled', data, plan: set(false) },
    { type: 'user.deleted', data, plan: () => deleteUser(user) },
    { type: 'user.created', data: created, plan: () => createUser(model, customer, created, 'webhook') },
  ]
  return pick<Said>(saids, dice.variant)
}

function ofType(model: state.Model, { customer, dice }: Given): Said {
  const user = somebody(customer, dice.user)
  const type = pick<state.AssignableType>(types, dice.variant)
  const plan = () => (state.isOwner(user) ? refuse('locked') : changeType(model, customer, user, { type }))
  return { type: 'user.updated', data: { user: user.email, type }, plan }
}

function ofMember(model: state.Model, { customer, dice }: Given): Said {
  const user = somebody(customer, dice.user)
  const project = pick<'main' | state.Project>(['main', ...state.live(customer)], dice.project)
  const data = { user: user.email, project: project === 'main' ? customer.id : project.name }
  if (dice.variant % 2 === 0) {
    return { type: 'membership.revoked', data, plan: () => revoke(model, user, project) }
  }
  const roles =
    project === 'main' ? pick([[], ['cdn']], dice.which) : pick([['full'], ['volume:read']], dice.which)
  const plan = () => grant(model, user, project, { roles }, 'webhook')
  return { type: 'membership.granted', data: { ...data, roles }, plan }
}

function ofProject(model: state.Model, { customer, dice }: Given): Said {
  const gone = state.live(customer)[dice.project % state.live(customer).length]
  if (gone && dice.variant % 3 === 0) {
    return { type: 'project.deleted', data: { name: gone.name }, plan: () => deleteProject(gone) }
  }
  const name = pick(names, dice.project)
  return { type: 'project.created', data: { name }, plan: () => createProject(model, customer, { name }) }
}

function ofServer(model: state.Model, { customer, dice }: Given): Said {
  const serverId = pick(serverIds, dice.server)
  const user = somebody(customer, dice.user)
  const server = findServer(customer, serverId)
  const hostname = pick(hostnames, dice.which)
  const put = () => putServer(customer, { id: serverId, hostname })
  if (!server || dice.variant % 4 === 0)
    return { type: 'server.created', data: { serverId, hostname }, plan: put }
  if (dice.variant % 4 === 1) {
    return { type: 'server.deleted', data: { serverId }, plan: () => deleteServer(customer, serverId) }
  }
  const data = { serverId, user: user.email, capabilities: ['view'] }
  const plan = () => grant(model, user, server, { roles: ['view'] }, 'webhook')
  if (dice.variant % 4 === 2) return { type: 'server.assigned', data, plan }
  return { type: 'server.unassigned', data, plan: () => revoke(model, user, server) }
}

function ofCustomer(_model: state.Model, { customer, dice }: Given): Said {
  const set = (fields: Partial<state.Customer>) => (): Outcome => ({
    status: 200,
    apply: () => Object.assign(customer, fields),
  })
  const saids = [
    { type: 'customer.suspended', data: {}, plan: set({ status: 'suspended' }) },
    { type: 'customer.resumed', data: {}, plan: set({ status: 'active' }) },
    { type: 'customer.updated', data: { organisation: 'Pont' }, plan: set({ organisation: 'Pont' }) },
  ]
  return pick<Said>(saids, dice.variant)
}
