import { findServer } from './dice.ts'
import { type Effect, type Outcome, refuse } from './outcome.ts'
import { type Customer, serverPlace } from './state.ts'

export function putServer(customer: Customer, { id, hostname }: { id: string; hostname: string }): Effect {
  const server = findServer(customer, id)
  return {
    status: server ? 200 : 201,
    apply: () => {
      if (server) server.hostname = hostname
      else customer.servers.push({ id, hostname })
    },
  }
}

/** All assignments end, also for when the id comes back. */
export function deleteServer(customer: Customer, id: string): Outcome {
  if (!findServer(customer, id)) return refuse('not-found')
  return {
    status: 204,
    apply: () => {
      customer.servers = customer.servers.filter((server) => server.id !== id)
      for (const { words } of customer.users) words.delete(serverPlace(id))
    },
  }
}
