import { actionsOn } from '../../../../shared/domain/access/permissions.ts'
import { asClaim } from '../../../../shared/records/claims.ts'
import type { Write } from '../../../../shared/table/item.ts'
import { keys, parseGrantKey, prefixes } from '../../../../shared/table/keys.ts'
import type { Table } from '../../../../shared/table/table.ts'
import { customerId, randomHistory, randomArrival } from '../../../order/random-history.ts'
import type { TestEngine } from '../../../support/engine.ts'
import { startProvisioned } from '../../../support/provisioned.ts'
import type { Random } from '../../../support/random.ts'
import type { TestIssuer } from '../../../support/tokens.ts'
import { createTestApi } from '../test-api.ts'
import { type Known, type Pair, randomRequest } from './random-request.ts'

const at = `/v1/customers/${customerId}`
const minute = 60_000

/** The answers about all actions on a resource at a moment: reasons of those that were allowed. */
export type Remembered = Pair & { time: string; allowed: Record<string, unknown> }

type Options = {
  engine: TestEngine
  issuer: TestIssuer
  clock: { at: number }
  random: Random
  moments: number
}

/**
 * A random history on a table of its own: deliveries in any order, requests of people between them, the clean-up behind
 * them. Time passes, also between the planning of a change and its commit. At random moments the decision point is asked.
 */
export async function live({ engine, issuer, clock, random, moments }: Options) {
  const now = () => new Date(clock.at)
  const service = await startProvisioned(engine, { now })
  const remembered: Remembered[] = []
  const known: Known = { users: [], projects: [], servers: ['vm1', 'vm2', 'vm3'], touched: [] }
  const table: Table = {
    ...service.table,
    transact: async (writes) => {
      known.touched = pairsIn(writes, random, known)
      if (random.chance(0.3) && known.users.length > 0) {
        // Planned, and not committed yet.
        clock.at += 1 + random.below(3000)
        await ask()
        clock.at += 1 + random.below(1000)
      }
      await service.table.transact(writes)
    },
  }
  const app = createTestApi(issuer, { table, now, log: () => undefined })
  const operator = () => issuer.token({ sub: 'ops', client_id: 'ops', scope: 'operator' })

  const personToken = (email: string) => issuer.token({ sub: email, email, email_verified: true })

  async function send(method: string, path: string, body: unknown, token: string): Promise<Response> {
    const headers = new Headers({ authorization: `Bearer ${token}`, 'x-reason': 'a test', 'if-match': '*' })
    if (body !== undefined) headers.set('content-type', 'application/json')
    const tag = method === 'GET' ? null : await tagOf(path)
    if (tag) headers.set('if-match', tag)
    else headers.delete('if-match')
    return app.request(path, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  }

  /** Of what the path is about; of the type of a user, the user's. */
  async function tagOf(path: string): Promise<string | null> {
    const shown = path.replace(/\/(type|close)$/, '').replace(/\/ownership-transfer.*/, '')
    const headers = { authorization: `Bearer ${await operator()}` }
    return (await app.request(shown, { headers })).headers.get('etag')
  }

  /** All that the decision point has to say of a few pairs at this moment. */
  async function ask(): Promise<void> {
    const token = await issuer.token({ sub: 'checker', client_id: 'checker', scope: 'check' })
    const time = now().toISOString()
    const pairs = [...random.shuffled(known.touched).slice(0, 2), randomPair(random, known)]
    for (const { userId, resource } of pairs) {
      const actions = [...actionsOn[resource.type]]
      const evaluations = actions.map((name) => ({ action: { name } }))
      const response = await app.request(`${at}/access/v1/evaluations`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ subject: { type: 'user', id: userId }, resource, evaluations }),
      })
      const answer = (await response.json()) as {
        evaluations: { decision: boolean; context: { reason: unknown } }[]
      }
      const allowed = actions.flatMap((action, place) => {
        const { decision, context } = answer.evaluations[place] ?? {}
        return decision ? [[action, context?.reason] as const] : []
      })
      remembered.push({ time, userId, resource, allowed: Object.fromEntries(allowed) })
    }
    // What is committed later counts later.
    clock.at++
  }

  async function learn(): Promise<void> {
    const { pk } = keys.customer(customerId)
    for await (const item of service.table.queryAll({ partition: pk, prefix: prefixes.emails }))
      addNew(known.users, asClaim(item)?.holders.map(({ id }) => id) ?? [])
    for await (const { sk } of service.table.queryAll({ partition: pk, prefix: prefixes.projects }))
      addNew(known.projects, [sk.slice(prefixes.projects.length)])
  }

  /** People of each type, projects and servers, so that there is something to change. */
  async function furnish(): Promise<void> {
    const people = ['admin', 'tech', 'client', 'billing'].map((kind) => ({
      email: `${kind}@y.example`,
      name: kind,
      type: `customer-${kind}`,
      main: true,
    }))
    for (const body of people) await send('POST', `${at}/users`, body, await operator())
    for (const name of ['alpha', 'beta']) await send('POST', `${at}/projects`, { name }, await operator())
    for (const id of known.servers) {
      await send('PUT', `${at}/servers/${id}`, { hostname: `${id}.example` }, await operator())
    }
    await learn()
  }

  const seed = random.below(1e9)
  const arrivals = randomArrival(randomHistory(seed), random.below(1e9))
  // As it happens, or all of it late.
  const isLate = random.chance(0.5)
  for (let step = 0, asked = 0; asked < moments; step++) {
    const event = arrivals[step]
    clock.at += random.chance(0.1) ? 0 : 1 + random.below(isLate ? 2000 : minute)
    if (event && (random.chance(0.6) || known.users.length === 0)) {
      clock.at = Math.max(clock.at, Date.parse(event.timestamp))
      await service.record(event)
    } else if (known.users.length > 0) {
      const { method, path, body, email } = randomRequest(random, known, now())
      const token = email === undefined ? await operator() : await personToken(email)
      await send(method, `${at}${path}`, body, token)
    }
    await service.settle()
    if (random.chance(0.1)) await service.cleanup.sweep(2 * minute).catch(() => undefined)
    const isNew = known.users.length === 0
    await learn()
    if (isNew && known.users.length > 0) await furnish()
    if (known.users.length > 0 && random.chance(0.7)) {
      asked++
      await ask()
    }
    if (step > arrivals.length + 4 * moments) break
  }

  return {
    table: service.table,
    remembered,
    known,
    failures: service.failures,
    /** A page of the route; an operator asks. */
    async look(query: string): Promise<{ status: number; body: Record<string, never> }> {
      const response = await app.request(`${at}/access/at?${query}`, {
        headers: { authorization: `Bearer ${await operator()}` },
      })
      return { status: response.status, body: (await response.json()) as Record<string, never> }
    },
    stop: service.stop,
  }
}

function addNew(list: string[], more: readonly string[]): void {
  for (const each of more) if (!list.includes(each)) list.push(each)
}

/** Seldom the main-customer, who comes first. */
function randomPair(random: Random, known: Known): Pair {
  const [, ...others] = known.users
  const userId = random.pick(others.length === 0 || random.chance(0.1) ? known.users : others)
  return { userId, resource: randomResource(random, known) }
}

/** Of whom the transaction writes the user, or a grant on something. */
function pairsIn(writes: readonly Write[], random: Random, known: Known): Pair[] {
  return writes.flatMap((write): Pair[] => {
    const key = 'put' in write ? write.put : 'remove' in write ? write.remove : undefined
    const [, userId] = /^C#[^#]+#U#([^#]+)$/.exec(key?.pk ?? '') ?? []
    if (!key || !userId) return []
    if (!key.sk.startsWith('GRANT#')) return [{ userId, resource: randomResource(random, known) }]
    const { kind, id } = parseGrantKey(key).resource
    return [{ userId, resource: { type: kind, id } }]
  })
}

function randomResource(random: Random, known: Known): Pair['resource'] {
  const type = random.pick(['project', 'project', 'server', 'customer', 'user'] as const)
  if (type === 'customer') return { type, id: customerId }
  if (type === 'user') return { type, id: random.pick(known.users) }
  if (type === 'server') return { type, id: random.pick(known.servers) }
  return { type, id: random.pick(['main', ...known.projects]) }
}
