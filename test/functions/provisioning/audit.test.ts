import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import type { AuditedType, AuditEvent } from '../../../shared/domain/values/audit-event.ts'
import { startTestEngine } from '../../support/engine.ts'
import { startProvisioned } from '../../support/provisioned.ts'
import type { TimedEvent } from '../../support/timeline.ts'
import { differenceOf } from '../../order/judge.ts'
import { nextCustomer } from './arrivals.ts'
import { stoppedClock } from './clock.ts'
import { allEvents } from './replay.ts'
import { anns, customer, customerId, membership, project, server, user, withId } from './scene.ts'

const engine = await startTestEngine()
const service = await startProvisioned(engine)

const there = [
  customer.created,
  anns.created(1, 'tech', { main: true }),
  project.created(2, 'web'),
  server.created(3, 'vm1'),
  anns.granted(4),
  anns.assigned(5, ['power']),
]
const withReason = (it: TimedEvent) => ({ ...it, data: { ...it.data, reason: 'a reason' } })

type Sides = { id?: unknown; before?: Record<string, unknown>; after?: Record<string, unknown> }
type Changed = [type: AuditedType, sides: Sides]
const power = { capabilities: ['view', 'power'] }
const bob = user.created(9, 'bob', 'tech')

const rows: [name: string, event: TimedEvent, ...changed: Changed[]][] = [
  [
    'a new customer',
    customer.created,
    ['customer', { after: { organisation: 'Bridge', status: 'active' } }],
    ['user', { after: { type: 'main-customer', status: 'active' } }],
    ['project', { id: 'main', after: { kind: 'main', name: customerId } }],
  ],
  [
    'a suspension',
    withReason(customer.suspended(9)),
    ['customer', { before: { status: 'active' }, after: { status: 'suspended' } }],
  ],
  [
    'an update',
    customer.updated(9, { organisation: 'B' }),
    ['customer', { before: { organisation: 'Bridge' }, after: { organisation: 'B' } }],
  ],
  ['a new user', bob, ['user', { after: { name: 'bob', type: 'customer-tech' } }]],
  [
    'a new user with Main',
    user.created(9, 'bob', 'client', { main: true }),
    ['user', { after: { name: 'bob' } }],
    ['membership', { id: expect.stringMatching(/^main\/usr_/), after: { roles: [], source: 'webhook' } }],
  ],
  ['a rename', anns.renamed(9, 'Ann'), ['user', { before: { name: 'ann' }, after: { name: 'Ann' } }]],
  [
    'a promotion',
    anns.became(9, 'admin'),
    [
      'user',
      {
        before: { type: 'customer-tech' },
        after: { type: 'customer-admin', adminSince: '2026-08-01T00:09:00.000000000Z' },
      },
    ],
  ],
  [
    'a disabling',
    anns.disabled(9),
    ['user', { before: { status: 'active' }, after: { status: 'disabled' } }],
  ],
  ['a deletion', anns.deleted(9), ['user', { before: { name: 'ann' } }]],
  [
    'a new project',
    project.created(9, 'shop'),
    [
      'project',
      {
        id: expect.stringMatching(/^prj_/),
        after: { kind: 'openstack', name: 'shop', createdAt: '2026-08-01T00:09:00.000000000Z' },
      },
    ],
  ],
  ['a project that goes', project.deleted(9, 'web'), ['project', { before: { name: 'web' } }]],
  [
    'a grant',
    withReason(anns.granted(9, ['dns:read'])),
    ['membership', { before: { roles: ['full'] }, after: { roles: ['dns:read'], reason: 'a reason' } }],
  ],
  [
    'a revocation',
    anns.revoked(9),
    [
      'membership',
      { id: expect.stringMatching(/^prj_\w+\/usr_/), before: { roles: ['full'] }, after: { revoked: true } },
    ],
  ],
  [
    'a revocation of nothing',
    membership.revoked(9, 'eve', 'web'),
    ['membership', { after: { revoked: true } }],
  ],
  [
    'a new server',
    server.created(9, 'vm2'),
    ['server', { id: 'vm2', after: { hostname: 'vm2.bge.example' } }],
  ],
  [
    'a server that goes',
    server.deleted(9, 'vm1'),
    ['server', { id: 'vm1', before: { hostname: 'vm1.bge.example' } }],
  ],
  ['an assignment', anns.assigned(9), ['assignment', { before: power, after: { capabilities: ['view'] } }]],
  [
    'an unassignment',
    anns.unassigned(9),
    ['assignment', { id: expect.stringMatching(/^vm1\/usr_/), before: power, after: { revoked: true } }],
  ],
]

/** Without what isn't shown. */
const withoutOrigins = (audited: AuditEvent) => ({
  ...audited,
  changes: audited.changes.map((change) => ({ ...change, origin: undefined })),
})

const like = (side: unknown): unknown => side && expect.objectContaining(side)

test.each(rows)(
  '%s has one audit event, which lists every resource it changed',
  async (_name, last, ...changed) => {
    const { id, deliver, asTold } = nextCustomer(service)
    if (last !== customer.created) await deliver(...there, withId('eve', user.created(6, 'eve', 'tech')))
    const known = new Set((await allEvents(service.table, id)).map((each) => each.id))
    await deliver(last)
    const events = (await allEvents(service.table, id)).filter(
      (each) => !known.has(each.id) && each.actor.kind === 'webhook',
    )
    expect(asTold(events.map(withoutOrigins))).toEqual([
      expect.objectContaining({
        actor: { kind: 'webhook', id: 'orders' },
        type: last.type,
        requestId: expect.stringMatching(`_${last.id}$`),
        changes: changed.map(([type, { id: resourceId = expect.any(String), before, after }]) =>
          Object.fromEntries(
            Object.entries({
              resource: { type, id: resourceId },
              version: expect.any(Number),
              before: like(before),
              after: like(after),
            }).filter(([, value]) => value !== undefined),
          ),
        ),
      }),
    ])
    expect(events[0]?.reason).toBe(last.data.reason)
  },
)

test('an event without effect has no audit event', async () => {
  const { id, deliver, statusOf } = nextCustomer(service)
  const nothing = [
    anns.renamed(0, 'Old'),
    anns.granted(3, ['dns:read']),
    customer.updated(9),
    membership.granted(10, 'bob', 'web'),
    user.deleted(11, 'owner'),
    anns.created(12, 'tech'),
  ].map((it, place) => withId(`nothing${place}`, it))
  await deliver(...there, ...nothing)
  const states = await Promise.all(nothing.map(statusOf))
  expect(states).toEqual(['superseded', 'superseded', 'superseded', 'waiting', 'failed', 'waiting'])
  expect(await allEvents(service.table, id)).toHaveLength(there.length)
})

const puts = (items: TransactWriteItem[]) => items.flatMap(({ Put }) => (Put?.Item ? [Put.Item] : []))

test('state, effects and audit event of a delivery are one transaction', async () => {
  const spied = await startProvisioned(engine)
  const transactions: TransactWriteItem[][] = []
  spied.client.middlewareStack.add(
    (next) => (args) => {
      if ('TransactItems' in args.input)
        transactions.push((args.input.TransactItems ?? []) as TransactWriteItem[])
      return next(args)
    },
    { step: 'build' },
  )
  await spied.deliverAll(there)
  const whole = transactions.filter((items) =>
    puts(items).some(({ status, body }) => body && status?.S === 'applied'),
  )
  expect(whole.length).toBeGreaterThanOrEqual(there.length)
  for (const items of whole) {
    expect(puts(items).filter(({ pk }) => pk?.S === `C#${customerId}#EVENTS`)).toHaveLength(1)
    expect(puts(items).length).toBeGreaterThanOrEqual(3)
  }
  // A waiting delivery stores a placeholder for its dependency, without effect.
  const settled = transactions.filter((items) => !puts(items).some(({ status }) => status?.S === 'waiting'))
  const effects = settled.filter((items) => puts(items).some(({ pk }) => pk?.S?.startsWith('C#')))
  expect(effects.map((items) => whole.includes(items))).toEqual(effects.map(() => true))
  await spied.stop()
})

test('events of the same millisecond are ordered by versions', async () => {
  const stopped = await startProvisioned(engine, { now: stoppedClock('2026-08-02T00:00:00Z').now })
  const names = Array.from({ length: 9 }, (_, place) => anns.renamed(10 + place, `Ann ${place}`))
  const { deliver, view, ...cast } = nextCustomer(stopped)
  const arrival = [...there, ...names]
  await deliver(...arrival)
  expect((await view()).users).toEqual({ ann: 'tech called Ann 8' })
  const story = { seed: 1, history: arrival, arrival }
  expect(await differenceOf(stopped.table, cast, story, arrival.length)).toBeUndefined()
  await stopped.stop()
})
