import { expect, test } from 'vitest'
import { exportCustomer } from '../../../shared/directory/customers/export-customer.ts'
import { exportLines } from '../../../shared/directory/customers/export-lines.ts'
import { findCustomer } from '../../../shared/records/customers.ts'
import { startTestEngine } from '../../support/engine.ts'
import { makeHistory } from '../../support/history.ts'
import { readOrg } from '../../support/orgs.ts'
import { type Provisioned, startProvisioned } from '../../support/provisioned.ts'
import { Random } from '../../support/random.ts'
import type { TimedEvent } from '../../support/timeline.ts'
import { orders } from '../provisioning/arrivals.ts'
import { viewDirectory } from '../provisioning/directory-view.ts'
import { allEvents, replay } from '../provisioning/replay.ts'
import { customer, customerId, membership, project, server, user, withId } from '../provisioning/scene.ts'
import { killEach } from './bare-cleanup.ts'

const engine = await startTestEngine()

const ann = user.created(1, 'ann', 'tech')
const web = project.created(2, 'web')
const vm = withId('vm', server.created(2, 'vm1'))
const first = [customer.created, ann, web, vm]

async function grantsAfter(events: readonly TimedEvent[], cleansUp = true) {
  const service = await startProvisioned(engine, { cleansUp })
  await service.deliverEach(events)
  const { grants } = await viewDirectory(service.table)
  expect(service.failures).toEqual([])
  await service.stop()
  return Object.fromEntries(Object.entries(grants).filter(([pair]) => pair.startsWith('ann ')))
}

const main = `ann ${customerId}`
const byType = 'member by type'

/** In order of arrival; the numbers are the minutes they count from. */
const late: [name: string, arriving: TimedEvent[], grants: Record<string, string>][] = [
  [
    'a grant older than the deletion of its user',
    [
      membership.granted(10, 'ann', 'web'),
      user.deleted(30, 'ann'),
      membership.granted(9, 'ann', 'web', ['dns:read']),
    ],
    {},
  ],
  [
    'a grant older than the deletion of its project',
    [
      membership.granted(10, 'ann', 'web'),
      project.deleted(30, 'web'),
      membership.granted(9, 'ann', 'web', ['dns:read']),
    ],
    {},
  ],
  [
    'an assignment older than the deletion of its server, which is back',
    [
      server.assigned(10, 'ann', 'vm1', ['power']),
      server.deleted(30, 'vm1'),
      withId('back', server.created(40, 'vm1')),
      server.assigned(9, 'ann', 'vm1'),
    ],
    {},
  ],
  [
    'a grant older than billing, which has ended',
    [
      membership.granted(10, 'ann', 'web'),
      user.typeChanged(30, 'ann', 'billing'),
      user.typeChanged(40, 'ann', 'tech'),
      membership.granted(9, 'ann', 'web', ['dns:read']),
    ],
    {},
  ],
  [
    'an older grant, where billing began even before both',
    [
      membership.granted(10, 'ann', 'web', ['dns:read']),
      user.typeChanged(30, 'ann', 'billing'),
      user.typeChanged(40, 'ann', 'tech'),
      user.typeChanged(5, 'ann', 'billing'),
      membership.granted(9, 'ann', 'web'),
    ],
    { 'ann web': 'dns:read' },
  ],
  [
    'a grant older than a revocation, where billing began even before',
    [
      membership.granted(10, 'ann', 'web'),
      membership.revoked(11, 'ann', 'web'),
      user.typeChanged(30, 'ann', 'billing'),
      user.typeChanged(40, 'ann', 'tech'),
      user.typeChanged(5, 'ann', 'billing'),
      withId('late', membership.granted(9, 'ann', 'web')),
    ],
    {},
  ],
  [
    'an assignment older than an unassignment, where billing began even before',
    [
      server.assigned(10, 'ann', 'vm1', ['power']),
      server.unassigned(11, 'ann', 'vm1'),
      user.typeChanged(30, 'ann', 'billing'),
      user.typeChanged(40, 'ann', 'tech'),
      user.typeChanged(5, 'ann', 'billing'),
      withId('late', server.assigned(9, 'ann', 'vm1')),
    ],
    {},
  ],
  [
    'being taken out of Main, where billing began even before',
    [
      membership.revoked(10, 'ann', customerId),
      user.typeChanged(30, 'ann', 'billing'),
      user.typeChanged(5, 'ann', 'billing'),
    ],
    {},
  ],
  [
    'a membership of Main that ends, where billing began even before',
    [
      membership.granted(10, 'ann', customerId, [], { expiresAt: '2030-01-01T00:00:00Z' }),
      user.typeChanged(30, 'ann', 'billing'),
      user.typeChanged(5, 'ann', 'billing'),
    ],
    { [main]: 'member until 2030-01-01T00:00:00.000Z' },
  ],
  [
    'a membership of Main older than billing',
    [membership.granted(10, 'ann', customerId, ['cdn']), user.typeChanged(30, 'ann', 'billing')],
    { [main]: byType },
  ],
  [
    'being taken out of a project as an admin, before billing',
    [
      user.typeChanged(3, 'ann', 'admin'),
      project.created(10, 'shop'),
      membership.revoked(11, 'ann', 'shop'),
      user.typeChanged(30, 'ann', 'billing'),
      user.typeChanged(40, 'ann', 'admin'),
      project.created(41, 'new'),
    ],
    { [main]: byType, 'ann new': 'full by type' },
  ],
]

test.each(late)('%s counts as without any clean-up', async (_name, arriving, grants) => {
  expect(await grantsAfter([...first, ...arriving], false)).toMatchObject(grants)
  expect(await grantsAfter([...first, ...arriving])).toEqual(grants)
})

test('a grant that turns out to be newer than billing counts, once the user is of another type', async () => {
  const arriving = [
    membership.granted(10, 'ann', 'web'),
    user.typeChanged(30, 'ann', 'billing'),
    user.typeChanged(40, 'ann', 'tech'),
    user.typeChanged(5, 'ann', 'billing'),
  ]
  expect(await grantsAfter([...first, ...arriving], false)).toEqual({ 'ann web': 'full' })
  expect(await grantsAfter([...first, ...arriving])).toEqual({ 'ann web': 'full' })
})

test('the clean-up shows in no order of arrival', async () => {
  const events = [
    membership.granted(10, 'ann', 'web'),
    server.assigned(11, 'ann', 'vm1'),
    user.typeChanged(20, 'ann', 'billing'),
    withId('again', user.typeChanged(25, 'ann', 'billing')),
    user.typeChanged(30, 'ann', 'client'),
    membership.granted(31, 'ann', 'web', ['dns:read']),
    server.deleted(40, 'vm1'),
  ]
  for (const arrival of orders(events))
    expect(await grantsAfter([...first, ...arrival])).toEqual({ 'ann web': 'dns:read' })
})

async function expectReplayed(service: Provisioned, id: string, seed = 1) {
  const stored = await findCustomer(service.table, id)
  if (!stored) throw new Error('the customer is there')
  const events = new Random(seed).shuffled(await allEvents(service.table, id))
  expect(exportLines(replay(id, events))).toEqual(await exportCustomer(service.table, stored))
  return events
}

test.each([
  ['with its server', [server.deleted(20, 'vm1'), withId('back', server.created(21, 'vm1'))]],
  ['by billing', [user.typeChanged(20, 'ann', 'billing'), user.typeChanged(21, 'ann', 'tech')]],
])('the audit trail of a grant that ended %s and is made again is in order', async (_name, ends) => {
  const service = await startProvisioned(engine)
  const granted = [membership.granted(10, 'ann', 'web'), server.assigned(11, 'ann', 'vm1', ['power'])]
  const anew = [
    membership.granted(30, 'ann', 'web', ['dns:read']),
    server.assigned(31, 'ann', 'vm1', ['rescue']),
  ]
  await service.deliverEach([...first, ...granted, ...ends, ...anew])
  const events = await expectReplayed(service, customerId)
  expect(events.filter(({ type }) => type === 'grants.removed')).toHaveLength(1)
  expect((await viewDirectory(service.table)).grants).toMatchObject({
    'ann web': 'dns:read',
    'ann vm1': 'view rescue',
  })
  await service.stop()
})

test.each([21, 22, 23])(
  'replaying the events of a real customer gives its directory, whatever the clean-up was killed in (%i)',
  async (seed) => {
    const history = makeHistory(readOrg('kubernetes-client').slice(0, 90), { seed, rate: 1.5 })
    const service = await startProvisioned(engine, { cleansUp: false })
    // One after the other: events that arrive together may leave nothing to clean up.
    await service.deliverAll(history, 1)
    const id = String(history[0]?.data.customerId)
    await expectReplayed(service, id, seed)
    const random = new Random(seed)
    const kills = killEach(service.client, () => random.pick(['before', 'after', 'never'] as const))
    let events = 0
    for (let isDone = false; !isDone; ) {
      isDone = await service.cleanup.sweep(60_000).then(
        () => true,
        () => false,
      )
      events = (await expectReplayed(service, id, seed)).filter(
        ({ type }) => type === 'grants.removed',
      ).length
    }
    kills.stop()
    expect(events).toBeGreaterThan(0)
    await service.stop()
  },
)
