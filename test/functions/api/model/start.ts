import { loginOf } from './callers.ts'
import { createProject } from './change-projects.ts'
import { putServer } from './change-servers.ts'
import { createUser } from './change-users.ts'
import { newCustomer } from './commands/customers.ts'
import type { OrderEvent } from './commands/events.ts'
import { addressOf, types } from './commands/users.ts'
import { look } from './commands/visits.ts'
import type { Run } from './run.ts'
import type { Service } from './service.ts'
import type { Customer, Model, Server } from './state.ts'

export const dawn = Date.UTC(2026, 10, 23, 12)

/** How a run begins: with a few people, or with as many admins as there may be. */
export type Beginning = 'few' | 'all admins'

/** Two customers with their owners, and some of everything at the first; logins of who may do most are linked. */
export async function begin(model: Model, run: Run, service: Service, beginning: Beginning): Promise<void> {
  const say = async (event: OrderEvent) => {
    model.turn++
    model.now += 1000
    await run.hear(event)
  }
  for (const id of ['MOD000001', 'MOD000002']) await say(customerCreated(model, id))
  const [first] = model.customers
  if (!first) throw new Error('there is a customer')
  const admins = beginning === 'few' ? 2 : 50
  const users = [
    ...Array.from({ length: admins }, (_, place) => ({
      email: `admin${place}@model.example`,
      type: types[0],
    })),
    ...types.slice(1).map((type, place) => ({ email: addressOf(place), type })),
  ]
  for (const { email, type } of users) {
    const given = { email, name: 'Ada', type, main: true }
    const data = { customerId: first.id, ...given }
    await say({
      customer: first,
      type: 'user.created',
      data,
      plan: () => createUser(model, first, given, 'webhook'),
    })
  }
  await say(projectCreated(model, first, 'first'))
  await say(serverCreated(first, { id: 'vps-1', hostname: 'one.model.example' }))
  for (const delivery of deliveries) {
    await service.record(delivery.id, delivery.status)
    model.deliveries.push({ ...delivery })
  }
  for (const user of first.users.slice(0, 3)) {
    model.turn++
    await run.send(look(first, loginOf(user)))
  }
}

const deliveries = [
  { id: 'failed', status: 'failed' },
  { id: 'applied', status: 'applied' },
] as const

function customerCreated(model: Model, id: string): OrderEvent {
  const given = {
    id,
    organisation: 'Begin',
    mainCustomer: { name: 'Olga', email: `owner@${id}.example`.toLowerCase() },
  }
  const customer = newCustomer(model, given)
  const { organisation, mainCustomer } = given
  return {
    customer,
    type: 'customer.created',
    data: { customerId: id, organisation, mainCustomer },
    plan: () => ({ status: 201, apply: () => void model.customers.push(customer) }),
  }
}

function projectCreated(model: Model, customer: Customer, name: string): OrderEvent {
  const data = { customerId: customer.id, name }
  return { customer, type: 'project.created', data, plan: () => createProject(model, customer, { name }) }
}

function serverCreated(customer: Customer, server: Server): OrderEvent {
  const data = { customerId: customer.id, serverId: server.id, hostname: server.hostname }
  return { customer, type: 'server.created', data, plan: () => putServer(customer, server) }
}
