import { updateUser } from '../../../shared/directory/users/update-user.ts'
import { DomainError } from '../../../shared/domain/values/errors.ts'
import { instantOf, stampOf } from '../../../shared/domain/values/instant.ts'
import { commit } from '../../../shared/records/commit.ts'
import { asUser } from '../../../shared/records/users.ts'
import { keys, prefixes } from '../../../shared/table/keys.ts'
import type { Table } from '../../../shared/table/table.ts'
import { randomChange } from '../../support/history.ts'
import type { Random } from '../../support/random.ts'
import { Timeline } from '../../support/timeline.ts'
import { applyEvent } from '../api/test-api.ts'

type Size = { users: number; projects: number; servers: number; grants: number; changes: number }
export type Ref = { type: string; id: string }

const types = [
  'customer-admin',
  'customer-billing',
  'customer-tech',
  'customer-tech',
  'customer-client',
] as const
const roleSets = [['compute:read'], ['compute:manage', 'dns:operate'], ['objectstore:operate'], ['full']]
const capabilitySets = [[], ['power', 'console'], ['rescue', 'reinstall', 'cancel']]
const expiries = ['2026-09-01T00:00:00Z', '2026-12-01T00:00:00Z', '2030-01-01T00:00:00Z']

/** Moments at which the directories are asked: before, between and after the expiries. */
export const moments = [
  '2026-08-25T00:00:00Z',
  '2026-11-23T00:00:00Z',
  '2028-01-01T00:00:00Z',
  '2035-01-01T00:00:00Z',
]

/** A customer with everything that a decision depends on, made by events and then changed at random. */
export async function makeDirectory(table: Table, customerId: string, random: Random, size: Size) {
  const timeline = new Timeline()
  let clock = Date.parse('2026-08-01T00:00:00Z')
  let count = 0

  /** Applies an event if it counts. */
  async function event(type: string, data: Record<string, unknown>): Promise<void> {
    clock += 1000
    const at = new Date(clock)
    const id = `evt_${customerId}_${++count}`
    const timed = { id, type, timestamp: at.toISOString(), data: { customerId, ...data } }
    if (!timeline.take(timed)) return
    await applyEvent(table, { id, type, data: timed.data, at }).catch(ignoreRefusal)
  }
  const mail = (place: number) => `u${place}@${customerId.toLowerCase()}.example`
  const maybeExpiry = () => (random.chance(0.25) ? { expiresAt: random.pick(expiries) } : {})

  await event('customer.created', {
    organisation: 'Random',
    mainCustomer: { name: 'Olga', email: `owner@${customerId.toLowerCase()}.example` },
  })
  const makings: (() => Promise<void>)[] = [
    ...Array.from(
      { length: size.users },
      (_, place) => () =>
        event('user.created', {
          email: mail(place),
          name: `User ${place}`,
          type: random.pick(types),
          main: random.chance(0.5),
        }),
    ),
    ...Array.from(
      { length: size.projects },
      (_, place) => () => event('project.created', { name: `p${place}` }),
    ),
    ...Array.from(
      { length: size.servers },
      (_, place) => () => event('server.created', { serverId: `s${place}`, hostname: `s${place}.example` }),
    ),
  ]
  for (const make of random.shuffled(makings)) await make()
  for (let each = 0; each < size.grants; each++) {
    const user = mail(random.below(size.users))
    if (random.chance(0.4)) {
      const serverId = `s${random.below(size.servers)}`
      await event('server.assigned', {
        user,
        serverId,
        capabilities: random.pick(capabilitySets),
        ...maybeExpiry(),
      })
    } else if (random.chance(0.25)) {
      const roles = random.chance(0.5) ? ['cdn'] : []
      await event('membership.granted', { user, project: customerId, roles, ...maybeExpiry() })
    } else {
      const roles = random.pick(roleSets)
      await event('membership.granted', {
        user,
        project: `p${random.below(size.projects)}`,
        roles,
        ...maybeExpiry(),
      })
    }
  }

  async function change(): Promise<void> {
    if (random.chance(0.15)) return moveEmail()
    const { type, data } = randomChange(random, timeline)
    await event(type, data)
  }

  /** People alone change addresses. */
  async function moveEmail(): Promise<void> {
    clock += 1000
    const now = instantOf(new Date(clock))
    const user = asUser(await table.get(keys.user(customerId, random.pick(await userIds()))))
    const actor = { kind: 'operator', id: 'ops' } as const
    const context = { table, actor, stamp: stampOf(now, `o${++count}`), now, requestId: `o${count}` }
    const email = random.chance(0.3) ? mail(random.below(size.users)) : `${random.below(999)}@moved.example`
    if (!user || user.deleted) return
    await updateUser(context, user, { email })
      .then((plan) => plan.change && commit(table, plan.change))
      .catch(ignoreRefusal)
  }

  async function sortKeys(prefix: string): Promise<string[]> {
    const { items } = await table.queryPage({ partition: keys.customer(customerId).pk, prefix })
    return items.map(({ sk }) => sk.slice(prefix.length))
  }

  /** Everybody who was ever there. */
  async function userIds(): Promise<string[]> {
    const { items } = await table.queryPage({
      partition: keys.customer(customerId).pk,
      prefix: prefixes.emails,
    })
    const ids = items.flatMap(({ holders }) => (holders as { id: string }[]).map(({ id }) => id))
    return [...new Set(ids)].sort()
  }

  async function refs(): Promise<Ref[]> {
    return [
      { type: 'customer', id: customerId },
      ...(await sortKeys(prefixes.projects).then(as('project'))),
      ...(await sortKeys(prefixes.servers).then(as('server'))),
      ...(await userIds().then(as('user'))),
    ]
  }

  for (let each = 0; each < size.changes; each++) await change()
  // Few suspended ones are enough: hardly anything is allowed there.
  if (random.chance(0.9)) await event('customer.resumed', {})
  return { customerId, change, event, userIds, refs }
}

export type RandomDirectory = Awaited<ReturnType<typeof makeDirectory>>

const as = (type: string) => (ids: string[]) => ids.map((id) => ({ type, id }))

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof DomainError)) throw error
}
