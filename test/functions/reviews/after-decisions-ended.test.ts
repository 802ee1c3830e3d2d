import { describe, expect, it, test } from 'vitest'
import { syncChangesSince } from '../../../functions/reviews/items/sync-users.ts'
import { grantMembership } from '../../../shared/directory/grants/change-grant.ts'
import { projectTarget, readTarget } from '../../../shared/directory/grants/target.ts'
import { addMilliseconds } from '../../../shared/domain/values/instant.ts'
import { commit } from '../../../shared/records/commit.ts'
import { asProject } from '../../../shared/records/projects.ts'
import { itemId } from '../../../shared/reviews/model/review-item.ts'
import { keys } from '../../../shared/table/keys.ts'
import { startTestEngine } from '../../support/engine.ts'
import { aroundTransaction } from './around-transaction.ts'
import { startDirectory } from './directory.ts'

const engine = await startTestEngine()
const customerId = 'END000001'
const asChanged = { decision: 'keep', by: 'changed' }
const idOf = (userId: string, id: string) => itemId({ userId, resource: { kind: 'project', id } })

/** A tech in a project, under a review that revokes undecided grants; only the schedule runs the worker. */
async function start() {
  const { scene, directory, open, closed } = await startDirectory(engine, customerId, { triggered: false })
  await scene.policy(customerId, { unanswered: 'revoke', largestShare: 100, reminders: [] })
  const [tech, project] = [await directory.user('customer-tech'), await directory.project()]
  await directory.grant(tech, project, 'compute:read')
  await open()
  const id = idOf(tech, project)
  const may = (action: string, of = project) => directory.may(tech, action, { type: 'project', id: of })
  return { scene, directory, tech, project, id, may, closed }
}

describe('a grant that changes between the end of decisions and reconciling', () => {
  it.each([true, false])('stays as it is, decided to be kept: %s; so does a new one', async (isDecided) => {
    const { scene, directory, tech, project, id, may, closed } = await start()
    if (isDecided) await scene.decide(customerId, { [id]: { decision: 'keep' } })
    await scene.apply(customerId)
    await directory.grant(tech, project, 'compute:manage')
    const other = await directory.project()
    await directory.grant(tech, other, 'compute:read')
    const items = await closed()
    for (const each of [id, idOf(tech, other)])
      expect(items.get(each)).toMatchObject({ state: 'verified', outcome: asChanged })
    expect([await may('compute.manage'), await may('compute.read', other)]).toEqual([true, true])
  })

  it('is left to the next review, if it was revoked and granted again', async () => {
    const { scene, directory, tech, project, id, may, closed } = await start()
    await scene.apply(customerId)
    await directory.revoke(tech, project)
    await directory.grant(tech, project, 'compute:read')
    expect((await closed()).get(id)).toMatchObject({ outcome: asChanged })
    expect(await may('compute.read')).toBe(true)
  })
})

describe('a grant from after the end, before a worker runs', () => {
  it.each([true, false])('is left to the next review, with the stream handled: %s', async (isStreamed) => {
    const { scene, directory, tech, project, id, may, closed } = await start()
    scene.clock.moveDays(15)
    const other = await directory.project()
    await directory.grant(tech, other, 'compute:read')
    await directory.grant(tech, project, 'compute:manage')
    const { now } = scene.context()
    const deps = { table: scene.table, log: () => {}, until: addMilliseconds(now, 60_000) }
    if (isStreamed) await syncChangesSince(deps, customerId, addMilliseconds(now, -1000))
    const items = await closed()
    const late = items.get(idOf(tech, other))
    for (const item of [late, items.get(id)]) expect(item).toMatchObject({ outcome: asChanged })
    expect([await may('compute.read', other), await may('compute.manage')]).toEqual([true, true])
  })
})

test('a grant from before the end that the stream has missed gets an item', async () => {
  const { scene, directory, tech, may, closed } = await start()
  const other = await directory.project()
  await directory.grant(tech, other, 'compute:read')
  await scene.apply(customerId)
  const items = await closed()
  const missed = items.get(idOf(tech, other))
  expect(missed?.outcome).toMatchObject({ decision: 'revoke', by: 'default' })
  expect(await may('compute.read', other)).toBe(false)
})

test('granting it again by a request that began before the revocation does not keep the review open', async () => {
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
  const { isDone } = aroundTransaction(scene.client, 'membership.revoked', { after: grantAgain })
  const items = await closed()
  expect([isDone(), await may('compute.operate')]).toEqual([true, true])
  expect(items.get(id)).toMatchObject({ state: 'verified', changedSince: true })
})

test('a grant decided to expire before the end is revoked, and does not count as changed', async () => {
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
