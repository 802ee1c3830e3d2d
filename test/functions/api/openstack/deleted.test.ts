import { beforeEach, describe, expect, it } from 'vitest'
import { findRecord } from '../../../../shared/openstack/sync/store.ts'
import { keys } from '../../../../shared/table/keys.ts'
import { type OpenStackScene, seedOpenStack } from './scene.ts'
import { startWorld } from '../world.ts'

const world = await startWorld({ openstack: true })
let scene: OpenStackScene

beforeEach(async () => {
  scene = await seedOpenStack(world)
})

describe('a deletion that the worker has confirmed', () => {
  beforeEach(async () => {
    await scene.remove()
    await scene.confirm()
  })

  it('frees the name', async () => {
    expect((await scene.as('admin', 'POST', '/projects', { name: 'Web' })).status).toBe(201)
  })

  it('hides the project from operators too', async () => {
    expect((await scene.as('operator', 'GET', scene.web)).status).toBe(404)
  })

  it('leaves no record of the project in OpenStack', async () => {
    const { customerId, id } = scene
    expect(await findRecord(world.table, { customerId, projectId: id.web })).toBeUndefined()
  })

  it('is recorded in one event of its own, by the worker', async () => {
    const events = await scene.deletionEvents()
    expect(events).toMatchObject([
      {
        type: 'project.deleted',
        actor: { kind: 'system', id: 'openstack' },
        changes: [{ resource: { type: 'project', id: scene.id.web }, before: { status: 'deleting' } }],
      },
      { type: 'project.deletion-started' },
    ])
    expect(JSON.stringify(events[0])).not.toContain('"after"')
  })

  it('requests the clean-up', async () => {
    expect(await scene.toldToCleanUp()).toEqual([keys.project(scene.customerId, scene.id.web)])
    expect((await scene.readProject()).cleanupSince).toBeDefined()
  })

  it('counts from when it was asked for', async () => {
    const { deleted = '~', updatedAt } = await scene.readProject()
    expect(deleted < updatedAt).toBe(true)
  })
})

it('a deletion that is only tried lists what its event will, and deletes nothing', async () => {
  const dry = await scene.remove('admin', '?dryRun=true')
  expect(dry.status).toBe(200)
  expect((await scene.as('admin', 'GET', scene.web)).body.status).toBe('active')
  await scene.remove()
  expect(await scene.deletionEvents()).toMatchObject([{ changes: dry.body.changes }])
})

it('a deletion that nobody has asked for is not confirmed', async () => {
  await expect(scene.confirm()).rejects.toThrow('nobody has deleted the project')
  expect((await scene.as('admin', 'GET', scene.web)).status).toBe(200)
})
