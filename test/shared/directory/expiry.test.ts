import { DeleteItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import { stoppedClock } from '../../functions/provisioning/clock.ts'
import { viewDirectory } from '../../functions/provisioning/directory-view.ts'
import {
  customer,
  customerId,
  membership,
  project,
  server,
  user,
  withId,
} from '../../functions/provisioning/scene.ts'
import { startTestEngine } from '../../support/engine.ts'
import { startProvisioned } from '../../support/provisioned.ts'
import type { TimedEvent } from '../../support/timeline.ts'

const engine = await startTestEngine()
const day = 86_400_000

/** A service of which items go when their time has come, as DynamoDB removes them. */
async function startExpiring() {
  const clock = stoppedClock('2026-08-02T00:00:00Z')
  const name = await engine.createTable()
  const service = await startProvisioned({ ...engine, createTable: async () => name }, { now: clock.now })
  async function expireAfter(days: number): Promise<string[]> {
    clock.move(days * day)
    const { Items = [] } = await engine.client.send(new ScanCommand({ TableName: name }))
    const gone: string[] = []
    for (const { pk, sk, ttl } of Items) {
      if (!pk?.S || !sk?.S || !ttl?.N || Number(ttl.N) * 1000 > clock.now().getTime()) continue
      await engine.client.send(new DeleteItemCommand({ TableName: name, Key: { pk, sk } }))
      gone.push(`${pk.S} ${sk.S}`)
    }
    return gone
  }
  return { ...service, expireAfter }
}

const later = (it: TimedEvent): TimedEvent => ({
  ...withId(`later-${it.id}`, it),
  timestamp: '2027-09-01T00:00:00Z',
})
const ann = user.created(1, 'ann', 'tech')
const web = project.created(2, 'web')
const vm = withId('vm', server.created(2, 'vm1'))

const assigned = server.assigned(3, 'ann', 'vm1')
const granted = membership.granted(3, 'ann', 'web')
const rows: [name: string, events: TimedEvent[], after: TimedEvent[]][] = [
  ['a revoked membership', [ann, web, granted, membership.revoked(4, 'ann', 'web')], []],
  ['an ended assignment', [ann, vm, assigned, server.unassigned(4, 'ann', 'vm1')], []],
  [
    'a right of a deleted user',
    [ann, web, granted, user.deleted(4, 'ann')],
    [later(user.created(5, 'ann', 'tech'))],
  ],
  [
    'a right in a deleted project',
    [ann, web, granted, project.deleted(4, 'web')],
    [later(project.created(5, 'web'))],
  ],
  [
    'a right on a deleted server',
    [ann, vm, assigned, server.deleted(4, 'vm1')],
    [later(server.created(5, 'vm1'))],
  ],
  [
    'a membership by type that was revoked',
    [user.created(1, 'ann', 'admin'), web, membership.revoked(3, 'ann', 'web')],
    [],
  ],
  [
    'a membership by type that was revoked before the type was known',
    [
      ann,
      project.created(4, 'web'),
      membership.revoked(5, 'ann', 'web'),
      membership.revoked(6, 'ann', customerId),
      user.typeChanged(3, 'ann', 'admin'),
    ],
    [],
  ],
]

test.each(rows)('%s does not come back when tombstones expire', async (_name, events, after) => {
  const service = await startExpiring()
  await service.deliverEach([customer.created, ...events])
  const rights = async () =>
    Object.keys((await viewDirectory(service.table)).grants).filter((pair) => pair.startsWith('ann '))
  const before = await rights()
  await service.expireAfter(401)
  await service.deliverEach(after)
  for (const { id } of after) expect(await service.statusOf(id)).toBe('applied')
  expect(await rights()).toEqual(before)
  expect(before.filter((pair) => pair !== `ann ${customerId}`)).toEqual([])
  await service.stop()
})

test('settled deliveries expire after 400 days, waiting ones stay', async () => {
  const service = await startExpiring()
  const waiting = membership.granted(9, 'bob', 'web')
  await service.deliverEach([customer.created, user.deleted(3, 'owner'), waiting])
  expect(await service.expireAfter(399)).toEqual([])
  expect((await service.expireAfter(2)).filter((key) => key.startsWith('D#')).toSorted()).toEqual([
    'D#orders#e000 DELIVERY',
    'D#orders#e003 DELIVERY',
  ])
  expect(await service.statusOf(waiting.id)).toBe('waiting')
  expect((await viewDirectory(service.table)).customer).toBe('active')
  await service.stop()
})
