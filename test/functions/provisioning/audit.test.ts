import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import { exportCustomer } from '../../../shared/directory/customers/export-customer.ts'
import { exportLines } from '../../../shared/directory/customers/export-lines.ts'
import type { AuditEvent } from '../../../shared/domain/values/audit-event.ts'
import { findCustomer } from '../../../shared/records/customers.ts'
import { startTestEngine } from '../../support/engine.ts'
import { makeHistory, shuffled } from '../../support/history.ts'
import { readOrg } from '../../support/orgs.ts'
import { type Provisioned, startProvisioned } from '../../support/provisioned.ts'
import { Random } from '../../support/random.ts'
import type { TimedEvent } from '../../support/timeline.ts'
import { stoppedClock } from './clock.ts'
import { allEvents, replay } from './replay.ts'
import {
  assign,
  becomes,
  born,
  customerId,
  disabled,
  event,
  grant,
  project,
  projectGone,
  renamed,
  revoke,
  server,
  serverGone,
  unassign,
  user,
  userGone,
} from './scene.ts'

const engine = await startTestEngine()

const scene = [
  born,
  user(1, 'ann', 'tech', { main: true }),
  project(2, 'web'),
  server(3, 'vm1'),
  grant(4, 'ann', 'web', ['full']),
  assign(5, 'ann', 'vm1', ['power']),
]
const withReason = (it: TimedEvent) => ({ ...it, data: { ...it.data, reason: 'a reason' } })

const rows: [name: string, first: TimedEvent[], event: TimedEvent, changed: Record<string, unknown>[]][] = [
  [
    'a new customer',
    [],
    born,
    [
      { type: 'customer', before: undefined, after: { organisation: 'Bridge', status: 'active' } },
      { type: 'user', before: undefined, after: { type: 'main-customer', status: 'active' } },
      { type: 'project', id: 'main', before: undefined, after: { kind: 'main', name: customerId } },
    ],
  ],
  [
    'a suspension',
    [born],
    withReason(event(9, 'customer.suspended')),
    [{ type: 'customer', before: { status: 'active' }, after: { status: 'suspended' } }],
  ],
  [
    'an update',
    [born],
    event(9, 'customer.updated', { organisation: 'B' }),
    [{ type: 'customer', before: { organisation: 'Bridge' }, after: { organisation: 'B' } }],
  ],
  [
    'a new user',
    [born],
    user(1, 'ann', 'tech'),
    [{ type: 'user', before: undefined, after: { name: 'ann', type: 'customer-tech' } }],
  ],
  [
    'a new user with Main',
    [born],
    user(1, 'ann', 'client', { main: true }),
    [
      { type: 'user', before: undefined, after: { name: 'ann' } },
      {
        type: 'membership',
        id: expect.stringMatching(/^main\/usr_/),
        before: undefined,
        after: { roles: [], source: 'webhook' },
      },
    ],
  ],
  [
    'a rename',
    scene,
    renamed(9, 'ann', 'Ann'),
    [{ type: 'user', before: { name: 'ann' }, after: { name: 'Ann' } }],
  ],
  [
    'a promotion',
    scene,
    becomes(9, 'ann', 'admin'),
    [
      {
        type: 'user',
        before: { type: 'customer-tech' },
        after: { type: 'customer-admin', adminSince: '2026-08-01T00:09:00.000000000Z' },
      },
    ],
  ],
  [
    'a disabling',
    scene,
    disabled(9, 'ann'),
    [{ type: 'user', before: { status: 'active' }, after: { status: 'disabled' } }],
  ],
  ['a deletion', scene, userGone(9, 'ann'), [{ type: 'user', before: { name: 'ann' }, after: undefined }]],
  [
    'a new project',
    [born],
    project(2, 'web'),
    [
      {
        type: 'project',
        id: expect.stringMatching(/^prj_/),
        before: undefined,
        after: { kind: 'openstack', name: 'web', createdAt: '2026-08-01T00:02:00.000000000Z' },
      },
    ],
  ],
  [
    'a project that goes',
    scene,
    projectGone(9, 'web'),
    [{ type: 'project', before: { name: 'web' }, after: undefined }],
  ],
  [
    'a grant',
    scene,
    grant(9, 'ann', 'web', ['dns:read'], { reason: 'a reason' }),
    [{ type: 'membership', before: { roles: ['full'] }, after: { roles: ['dns:read'], reason: 'a reason' } }],
  ],
  [
    'a revocation',
    scene,
    revoke(9, 'ann', 'web'),
    [
      {
        type: 'membership',
        id: expect.stringMatching(/^prj_\w+\/usr_/),
        before: { roles: ['full'] },
        after: { revoked: true },
      },
    ],
  ],
  [
    'a revocation of nothing',
    [...scene, project(6, 'shop')],
    revoke(9, 'ann', 'shop'),
    [{ type: 'membership', before: undefined, after: { revoked: true } }],
  ],
  [
    'a new server',
    [born],
    server(3, 'vm1'),
    [{ type: 'server', id: 'vm1', before: undefined, after: { hostname: 'vm1.bge.example' } }],
  ],
  [
    'a server that goes',
    scene,
    serverGone(9, 'vm1'),
    [{ type: 'server', id: 'vm1', before: { hostname: 'vm1.bge.example' }, after: undefined }],
  ],
  [
    'an assignment',
    scene,
    assign(9, 'ann', 'vm1', []),
    [{ type: 'assignment', before: { capabilities: ['view', 'power'] }, after: { capabilities: ['view'] } }],
  ],
  [
    'an unassignment',
    scene,
    unassign(9, 'ann', 'vm1'),
    [
      {
        type: 'assignment',
        id: expect.stringMatching(/^vm1\/usr_/),
        before: { capabilities: ['view', 'power'] },
        after: { revoked: true },
      },
    ],
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
  async (_name, first, last, changed) => {
    const service = await startProvisioned(engine)
    await service.deliverAll(first)
    const before = await allEvents(service.table, customerId)
    await service.deliverEach([last])
    const known = new Set(before.map(({ id }) => id))
    const events = (await allEvents(service.table, customerId)).filter(
      ({ id, actor }) => !known.has(id) && actor.kind === 'webhook',
    )
    expect(events.map(withoutOrigins)).toEqual([
      expect.objectContaining({
        actor: { kind: 'webhook', id: 'orders' },
        type: last.type,
        requestId: last.id,
        changes: changed.map(({ type, id = expect.any(String), before: expectedVersion, after: is }) => ({
          resource: { type, id },
          version: expect.any(Number),
          before: like(expectedVersion),
          after: like(is),
        })),
      }),
    ])
    expect(events[0]?.reason).toBe(last.data.reason)
    await service.stop()
  },
)

test('an event without effect has no audit event', async () => {
  const service = await startProvisioned(engine)
  await service.deliverAll(scene)
  const nothing = [
    renamed(0, 'ann', 'Old'),
    grant(3, 'ann', 'web', ['dns:read']),
    event(9, 'customer.updated'),
    grant(10, 'bob', 'web', ['full']),
    userGone(11, 'owner'),
    user(12, 'ann', 'tech'),
  ].map((it, place) => ({ ...it, id: `nothing${place}` }))
  await service.deliverEach(nothing)
  const states = await Promise.all(nothing.map(({ id }) => service.statusOf(id)))
  expect(states).toEqual(['superseded', 'superseded', 'superseded', 'waiting', 'failed', 'waiting'])
  expect(await allEvents(service.table, customerId)).toHaveLength(scene.length)
  await service.stop()
})

/** The writes of a service in each of its transactions. */
function spy({ client }: Provisioned) {
  const transactions: TransactWriteItem[][] = []
  client.middlewareStack.add(
    (next) => (args) => {
      if ('TransactItems' in args.input)
        transactions.push((args.input.TransactItems ?? []) as TransactWriteItem[])
      return next(args)
    },
    { step: 'build' },
  )
  return transactions
}

const puts = (items: TransactWriteItem[]) => items.flatMap(({ Put }) => (Put?.Item ? [Put.Item] : []))

test('state, effects and audit event of a delivery are one transaction', async () => {
  const service = await startProvisioned(engine)
  const transactions = spy(service)
  await service.deliverAll(scene)
  const whole = transactions.filter((items) =>
    puts(items).some(({ status, body }) => body && status?.S === 'applied'),
  )
  expect(whole.length).toBeGreaterThanOrEqual(scene.length)
  for (const items of whole) {
    expect(puts(items).filter(({ pk }) => pk?.S === `C#${customerId}#EVENTS`)).toHaveLength(1)
    expect(puts(items).length).toBeGreaterThanOrEqual(3)
  }
  // A waiting delivery stores a placeholder for its dependency, without effect.
  const settled = transactions.filter((items) => !puts(items).some(({ status }) => status?.S === 'waiting'))
  const effects = settled.filter((items) => puts(items).some(({ pk }) => pk?.S?.startsWith('C#')))
  expect(effects.map((items) => whole.includes(items))).toEqual(effects.map(() => true))
  await service.stop()
})

test.each([11, 12])(
  'replaying the events of a real customer, whatever the order of arrival, gives its directory (%i)',
  async (seed) => {
    const history = makeHistory(readOrg('kubernetes-client').slice(0, 90), { seed, rate: 1 })
    const id = String(history[0]?.data.customerId)
    const service = await startProvisioned(engine)
    await service.deliverAll(shuffled(history, seed))
    const events = await allEvents(service.table, id)
    const states = await Promise.all(history.map((it) => service.statusOf(it.id)))
    const applied = history.filter((_, place) => states[place] === 'applied').map(({ id: name }) => name)
    const byWebhook = events.filter(({ actor }) => actor.kind === 'webhook')
    const causes = byWebhook.map(({ requestId }) => requestId ?? '')
    expect(new Set(causes).size).toBe(causes.length)
    expect(causes.filter((cause) => applied.includes(cause)).sort()).toEqual(applied.sort())
    // An overtaken type goes into the history of types, and a fact about Main, or one revoked by billing, may take
    // effect later.
    const others = byWebhook.filter(({ requestId }) => !applied.includes(requestId ?? ''))
    const completing = ['user.updated', 'membership.granted', 'membership.revoked', 'server.assigned']
    expect(others.filter(({ type }) => !completing.includes(type))).toEqual([])

    const customer = await findCustomer(service.table, id)
    if (!customer) throw new Error('the customer is there')
    const mixed = new Random(seed).shuffled(events)
    expect(exportLines(replay(id, mixed))).toEqual(await exportCustomer(service.table, customer))
    await service.stop()
  },
)

test('events of the same millisecond are ordered by versions', async () => {
  const service = await startProvisioned(engine, { now: stoppedClock('2026-08-02T00:00:00Z').now })
  const names = Array.from({ length: 9 }, (_, place) => renamed(10 + place, 'ann', `Ann ${place}`))
  await service.deliverEach([...scene, ...names])
  const events = await allEvents(service.table, customerId)
  const lines = exportLines(replay(customerId, events))
  expect(lines.join()).toContain('Ann 8')
  const customer = await findCustomer(service.table, customerId)
  expect(lines).toEqual(customer && (await exportCustomer(service.table, customer)))
  await service.stop()
})

test('rights that ended without being named are in the audit trail too: by billing in between, by the end of a server that came back', async () => {
  const service = await startProvisioned(engine)
  await service.deliverEach(
    [
      ...scene,
      becomes(20, 'ann', 'client'),
      becomes(10, 'ann', 'billing'),
      grant(21, 'ann', customerId, ['cdn']),
      server(22, 'vm2'),
      user(1, 'bob', 'tech'),
      user(2, 'cleo', 'admin'),
    ].map((it, place) => ({ ...it, id: `x${place}` })),
  )
  await service.deliverEach([
    assign(30, 'bob', 'vm2', []),
    server(50, 'vm2', 'again.bge.example'),
    serverGone(40, 'vm2'),
    revoke(31, 'cleo', 'web'),
    becomes(25, 'cleo', 'tech'),
    becomes(26, 'cleo', 'admin'),
    user(3, 'dan', 'billing'),
    revoke(33, 'dan', customerId),
  ])
  const customer = await findCustomer(service.table, customerId)
  const lines = customer && (await exportCustomer(service.table, customer))
  expect(lines?.filter((line) => line.includes('"assignment"'))).toEqual([])
  expect(exportLines(replay(customerId, await allEvents(service.table, customerId)))).toEqual(lines)
  await service.stop()
})
