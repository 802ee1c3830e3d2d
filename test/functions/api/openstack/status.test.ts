import { beforeEach, describe, expect, it } from 'vitest'
import { addMilliseconds, instantOf } from '../../../../shared/domain/values/instant.ts'
import { fullSyncItem } from '../../../../shared/openstack/sync/full-sync-store.ts'
import { because, seedScene } from '../changes.ts'
import { settle, writeRecord } from './worker.ts'
import { startWorld } from '../world.ts'

const world = await startWorld({ openstack: true })
const { table } = world
const scene = await seedScene(world)
const { customerId, id, token } = scene
const readStatus = async () => (await world.ask('/v1/openstack', token.operator)).body
const pass = () => world.setTime(new Date(world.now().getTime() + 1000))

beforeEach(async () => {
  await settle(table, customerId)
  pass()
})

describe('the state of OpenStack', () => {
  it('counts the projects in each state', async () => {
    expect(await readStatus()).toMatchObject({
      state: 'on',
      projects: { pending: 0, ready: 2, failed: 0 },
      complete: true,
    })
    await writeRecord(table, customerId, id.old, { state: 'failed', error: 'the name is taken' })
    expect(await readStatus()).toMatchObject({ projects: { pending: 0, ready: 1, failed: 1 } })
  })

  it('tells the project that has been pending the longest', async () => {
    expect(await readStatus()).not.toHaveProperty('oldestPending')
    const since = world.now().toISOString()
    for (const projectId of [id.web, id.old]) {
      const body = { description: `since ${world.now().toISOString()}` }
      await world.send('PATCH', `${scene.at}/projects/${projectId}`, token.operator, body, because)
      pass()
    }
    expect(await readStatus()).toMatchObject({
      projects: { pending: 2, ready: 0 },
      oldestPending: { customerId, projectId: id.web, since },
    })
  })

  it('tells of changes that have yet to reach their projects, before any project is pending', async () => {
    const since = world.now().toISOString()
    await world.send('POST', `${scene.at}/suspend`, token.operator, undefined, because)
    expect(await readStatus()).toMatchObject({
      projects: { pending: 0, ready: 2 },
      spreading: 1,
      oldestPending: { customerId, since },
    })
    await world.send('POST', `${scene.at}/resume`, token.operator, undefined, because)
  })

  it('takes ten requests at most', async () => {
    const sent = await world.requestsOf(readStatus)
    expect(sent.length).toBeLessThanOrEqual(10)
  })

  it('tells what the last whole pass has found, also while the next one is under way', async () => {
    expect(await readStatus()).not.toHaveProperty('lastFullPass')
    const startedAt = instantOf(world.now())
    const last = { startedAt, endedAt: addMilliseconds(startedAt, 5_000), projects: 2, drift: 1 }
    const next = { startedAt: last.endedAt, projects: 0, drift: 0, last }
    await table.transact([{ put: fullSyncItem(next), expectedVersion: 'absent' }])
    expect(await readStatus()).toMatchObject({
      lastFullPass: {
        startedAt: world.now().toISOString(),
        endedAt: new Date(world.now().getTime() + 5_000).toISOString(),
        projects: 2,
        drift: 1,
      },
    })
  })
})

it('where OpenStack is off, that is all there is to say', async () => {
  const off = await startWorld()
  const { status, body } = await off.ask('/v1/openstack', await off.operator())
  expect([status, body]).toEqual([200, { state: 'off' }])
})
