import type { ResourceType } from '../../../../shared/domain/access/permissions.ts'
import type { Random } from '../../../support/random.ts'

export type Pair = { userId: string; resource: { type: ResourceType; id: string } }

/** What there is or was, and what the last change was about. */
export type Known = { users: string[]; projects: string[]; servers: string[]; touched: Pair[] }

/** `email`: of the person who asks, with a token of their own; an operator otherwise. */
export type SentRequest = { method: string; path: string; body?: unknown; email?: string }

const types = ['customer-admin', 'customer-billing', 'customer-tech', 'customer-client']
const people = ['owner', 'ann', 'bob', 'cat'].map((name) => `${name}@x.example`)

/** A request that changes something, or would: many are refused. */
export function randomRequest(random: Random, known: Known, now: Date): SentRequest {
  const user = random.pick(known.users)
  const project = random.pick(['main', ...known.projects])
  const server = random.pick(known.servers)
  // Some end while the history goes on.
  const expiresAt = new Date(now.getTime() + random.pick([1, 1000, 60_000, 600_000]) + random.below(1000))
  const expiry = random.chance(0.5) ? { expiresAt: expiresAt.toISOString() } : {}
  const roles = project === 'main' ? random.pick([[], ['cdn']]) : random.pick([['compute:read'], ['full']])
  const email = random.pick(people)
  const requests: [weight: number, request: SentRequest][] = [
    [20, { method: 'PUT', path: `/projects/${project}/members/${user}`, body: { roles, ...expiry } }],
    [6, { method: 'DELETE', path: `/projects/${project}/members/${user}` }],
    [
      14,
      {
        method: 'PUT',
        path: `/servers/${server}/assignments/${user}`,
        body: { capabilities: random.pick([['view'], ['power', 'console']]), ...expiry },
      },
    ],
    [4, { method: 'DELETE', path: `/servers/${server}/assignments/${user}` }],
    [
      10,
      {
        method: 'PUT',
        path: `/users/${user}/type`,
        body: { type: random.pick(types), ...(random.chance(0.2) && { joinExisting: true }) },
      },
    ],
    [5, { method: 'PATCH', path: `/users/${user}`, body: { status: random.pick(['active', 'disabled']) } }],
    [1, { method: 'DELETE', path: `/users/${user}` }],
    [
      4,
      {
        method: 'POST',
        path: '/users',
        body: { email, name: 'New', type: random.pick(types), main: random.chance(0.5) },
      },
    ],
    [4, { method: 'POST', path: '/projects', body: { name: `p${random.below(4)}` } }],
    [1, { method: 'DELETE', path: `/projects/${project}` }],
    [3, { method: 'PUT', path: `/servers/${server}`, body: { hostname: `h${random.below(9)}.example` } }],
    [1, { method: 'DELETE', path: `/servers/${server}` }],
    [1, { method: 'POST', path: '/suspend' }],
    [4, { method: 'POST', path: '/resume' }],
    [4, { method: 'GET', path: '', email }],
    [3, { method: 'POST', path: '/ownership-transfer/force', body: { to: user } }],
    [
      4,
      {
        method: 'PUT',
        path: `/projects/${project}/members/${user}`,
        body: { roles },
        email: 'owner@x.example',
      },
    ],
  ]
  let left = random.below(requests.reduce((sum, [weight]) => sum + weight, 0))
  for (const [weight, request] of requests) {
    left -= weight
    if (left < 0) return request
  }
  throw new Error('the weights are positive')
}
