import { expect, test } from 'vitest'
import { driftedEvent, repairedEvent } from '../../../../functions/openstack/full-sync/drift.ts'
import { instantOf } from '../../../../shared/domain/values/instant.ts'
import type { Step } from '../../../../shared/openstack/plan/step.ts'
import { commit } from '../../../../shared/records/commit.ts'
import { seedScene } from '../changes.ts'
import { startWorld } from '../world.ts'

const world = await startWorld({ openstack: true })
const { at, token, customerId, id } = await seedScene(world)
const steps: Step[] = [{ do: 'change-project', id: 'k1', change: { enabled: true }, why: 'enable' }]
const found = { customerId, id: id.web, steps, now: instantOf(world.now()) }

test.each([
  ['repaired', repairedEvent],
  ['drifted', driftedEvent],
])('that a project was found changed in OpenStack, and %s, is in the audit trail', async (what, tell) => {
  await commit(world.table, { writes: [], event: tell(found) })
  const type = `openstack.${what}`
  const listed = await world.ask(`${at}/events?type=${type}&resource=openstack/${id.web}`, token.owner)
  expect(listed.body.items).toMatchObject([
    {
      type,
      actor: { kind: 'system', id: 'openstack' },
      reason: 'it was found to differ from the directory',
      changes: [
        { resource: { type: 'openstack', id: id.web }, before: { differing: ['project k1: enable'] } },
      ],
    },
  ])
})

test('the state in OpenStack changes nothing of the directory', async () => {
  const read = async () => (await world.ask(`${at}/export`, token.operator)).text
  const before = await read()
  await commit(world.table, { writes: [], event: repairedEvent(found) })
  expect(await read()).toBe(before)
})
