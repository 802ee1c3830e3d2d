import { describe, expect, it, onTestFinished, test } from 'vitest'
import { syncChangesSince } from '../../../functions/reviews/items/sync-users.ts'
import { grantMembership } from '../../../shared/directory/grants/change-grant.ts'
import { projectTarget, readTarget } from '../../../shared/directory/grants/target.ts'
import { addMilliseconds } from '../../../shared/domain/values/instant.ts'
import { commit } from '../../../shared/records/commit.ts'
import { asProject } from '../../../shared/records/projects.ts'
import { itemId } from '../../../shared/reviews/model/review-item.ts'
import { keys } from '../../../shared/table/keys.ts'
import { startTestEngine } from '../../support/engine.ts'
import { aroundWriting } from './around-transaction.ts'
import { startReviewed } from './scene.ts'
import { createStaffed } from './directory.ts'

const engine = await startTestEngine()
const customerId = 'END000001'

/** A tech in a project, under a review that takes away what nobody decides on; only the clock wakes the worker. */
async function start() {
  const scene = await startReviewed(engine, { wakes: false })
  onTestFinished(() => scene.stop())
  const staffed = await createStaffed(scene, customerId)
  await scene.policy(customerId, { unanswered: 'revoke', largestShare: 100, reminders: [] })
  const [tech, project] = [await staffed.user('customer-tech'), await staffed.project()]
  await staffed.grant(tech, project, 'compute:read')
  await scene.start(customerId)
  await scene.lookAtAll()
  const id = itemId({ userId: tech, resource: { kind: 'project', id: project } })
  const may = (action: string, of = project) => staffed.may(tech, action, { type: 'project', id: of })
  const closed = async () => {
    await scene.lookAtAll()
    const [review] = await scene.reviewsOf(customerId)
    expect([review?.state, scene.failures]).toEqual(['closed', []])
    return new Map((await scene.itemsOf(customerId, review?.id ?? '')).map((item) => [itemId(item), item]))
  }
  return { scene, staffed, tech, project, id, may, closed }
}

describe('what changes once decisions have ended, and before everybody is read once more', () => {
  it.each([true, false])('stays as it is then, whether it was decided to be kept: %s', async (isDecided) => {
    const { scene, staffed, tech, project, id, may, closed } = await start()
    if (isDecided) await scene.decide(customerId, { [id]: { decision: 'keep' } })
    await scene.apply(customerId)
    await staffed.grant(tech, project, 'compute:manage')
    const items = await closed()
    expect(items.get(id)).toMatchObject({ state: 'verified', outcome: { decision: 'keep', by: 'changed' } })
    expect(await may('compute.manage')).toBe(true)
  })

  it('is left to the next review, if it was not there', async () => {
    const { scene, staffed, tech, may, closed } = await start()
    await scene.apply(customerId)
    const other = await staffed.project()
    await staffed.grant(tech, other, 'compute:read')
    const items = await closed()
    const late = items.get(itemId({ userId: tech, resource: { kind: 'project', id: other } }))
    expect(late).toMatchObject({ state: 'verified', outcome: { decision: 'keep', by: 'changed' } })
    expect(await may('compute.read', other)).toBe(true)
  })

  it('is left to the next review, if it was gone', async () => {
    const { scene, staffed, tech, project, id, may, closed } = await start()
    await scene.apply(customerId)
    await staffed.revoke(tech, project)
    await staffed.grant(tech, project, 'compute:read')
    expect((await closed()).get(id)).toMatchObject({ outcome: { decision: 'keep', by: 'changed' } })
    expect(await may('compute.read')).toBe(true)
  })
})

describe('what is granted after the end that no worker has seen yet', () => {
  it.each([true, false])('is left to the next review, with the stream to tell: %s', async (isSeen) => {
    const { scene, staffed, tech, project, id, may, closed } = await start()
    scene.clock.moveDays(15)
    const other = await staffed.project()
    await staffed.grant(tech, other, 'compute:read')
    await staffed.grant(tech, project, 'compute:manage')
    const { now } = scene.context()
    const deps = { table: scene.table, log: () => {}, until: addMilliseconds(now, 60_000) }
    if (isSeen) await syncChangesSince(deps, customerId, addMilliseconds(now, -1000))
    const items = await closed()
    const late = items.get(itemId({ userId: tech, resource: { kind: 'project', id: other } }))
    for (const item of [late, items.get(id)])
      expect(item).toMatchObject({ outcome: { decision: 'keep', by: 'changed' } })
    expect([await may('compute.read', other), await may('compute.manage')]).toEqual([true, true])
  })
})

test('what the stream has not told of by then has an item, if it was there before', async () => {
  const { scene, staffed, tech, may, closed } = await start()
  const other = await staffed.project()
  await staffed.grant(tech, other, 'compute:read')
  await scene.apply(customerId)
  const items = await closed()
  const missed = items.get(itemId({ userId: tech, resource: { kind: 'project', id: other } }))
  expect(missed?.outcome).toMatchObject({ decision: 'revoke', by: 'default' })
  expect(await may('compute.read', other)).toBe(false)
})

test('who grants it again with a request that began before it was taken away does not keep the review open', async () => {
  const { scene, tech, project, id, may, closed } = await start()
  const { table } = scene
  await scene.decide(customerId, { [id]: { decision: 'revoke' } })
  await scene.apply(customerId)
  const begun = scene.context()
  const grantAgain = async () => {
    const found = asProject(await table.get(keys.project(customerId, project)))
    const pair = found && (await readTarget(table, customerId, tech, projectTarget(found)))
    const plan = pair && grantMembership(begun, pair, { roles: ['compute:operate'] })
    if (plan?.change) await commit(table, plan.change)
  }
  const { isDone } = aroundWriting(scene.client, 'membership.revoked', { after: grantAgain })
  const items = await closed()
  expect([isDone(), await may('compute.operate')]).toEqual([true, true])
  expect(items.get(id)).toMatchObject({ state: 'verified', changedSince: true })
})

test('what was to end before the end is taken away, and nobody is said to have changed it', async () => {
  const { scene, id, may, closed } = await start()
  const until = '2026-11-28T09:00:00.000000000Z'
  await scene.decide(customerId, { [id]: { decision: 'keep', until } })
  scene.clock.moveDays(2)
  await scene.apply(customerId)
  const item = (await closed()).get(id)
  expect(item).toMatchObject({ state: 'verified', outcome: { decision: 'keep', until } })
  expect(item?.changedSince).toBeUndefined()
  expect(await may('compute.read')).toBe(false)
})
