import { beforeEach, describe, expect, it, test } from 'vitest'
import { deleteProject } from '../../../../shared/directory/projects/delete-project.ts'
import { instantOf, stampOf } from '../../../../shared/domain/values/instant.ts'
import { findRecord } from '../../../../shared/openstack/sync/store.ts'
import { commit } from '../../../../shared/records/commit.ts'
import { keys } from '../../../../shared/table/keys.ts'
import { type OpenStackScene, seedOpenStack } from './scene.ts'
import { startWorld } from '../world.ts'

const world = await startWorld({ openstack: true })
let scene: OpenStackScene
let web = ''

/** What follows is of a project that is being deleted. */
beforeEach(async () => {
  scene = await seedOpenStack(world)
  web = scene.web
  const { status } = await scene.remove()
  if (status !== 204) throw new Error('it is not deleted')
})

test.each(['owner', 'admin'] as const)('a project that is being deleted is gone for its %s', async (by) => {
  const requests: [method: string, path: string, body?: unknown][] = [
    ['GET', web],
    ['GET', `${web}/members`],
    ['PATCH', web, { name: 'x' }],
    ['PUT', `${web}/members/${scene.id.tech}`, { roles: ['full'] }],
  ]
  const statuses: number[] = []
  for (const request of requests) statuses.push((await scene.as(by, ...request)).status)
  expect(statuses).toEqual([404, 404, 404, 404])
  const ids = (await scene.as(by, 'GET', '/projects')).body.items.map(({ id }) => id)
  expect(ids).toEqual(['main', scene.id.old])
})

test('an operator sees that a project is being deleted, and that OpenStack has yet to follow', async () => {
  const { status, body, headers } = await scene.as('operator', 'GET', web)
  expect(status).toBe(200)
  expect(body).toMatchObject({ status: 'deleting', openstack: { state: 'pending' } })
  const { items } = (await scene.as('operator', 'GET', '/projects')).body
  expect(items.find(({ id }) => id === scene.id.web)).toEqual({ ...body, etag: headers.get('etag') })
})

test.each(['admin', 'operator'] as const)(
  'being deleted, it keeps its name, also from the %s',
  async (by) => {
    const { status, body } = await scene.as(by, 'POST', '/projects', { name: 'WEB' })
    expect([status, body.code]).toEqual([409, 'conflict'])
  },
)

test.each([
  ['make members', 'PUT', () => `${web}/members/${scene.id.tech}`, { roles: ['full'] }],
  ['change the name', 'PATCH', () => web, { name: 'Site' }],
  ['change the description', 'PATCH', () => web, { description: 'x' }],
])('of a project that is being deleted operators cannot %s', async (_name, method, path, body) => {
  const answer = await scene.as('operator', method, path(), body)
  expect([answer.status, answer.body.code]).toEqual([409, 'conflict'])
})

test('a project that is being deleted is not deleted a second time', async () => {
  const answer = await scene.remove('operator')
  expect([answer.status, answer.body.code]).toEqual([409, 'conflict'])
  expect(await scene.deletionEvents()).toHaveLength(1)
})

test.each(['owner', 'admin', 'tech'] as const)('a decision about the %s is unknown-resource', async (who) => {
  const { body } = await world.post(`${scene.at}/access/v1/evaluation`, await world.check(), {
    subject: { type: 'user', id: scene.id[who] },
    action: { name: 'dns.read' },
    resource: { type: 'project', id: scene.id.web },
  })
  expect(body).toEqual({ decision: false, context: { reason: { code: 'unknown-resource' } } })
})

test('a project that is being deleted is no grant of anybody', async () => {
  const { items } = (await scene.as('admin', 'GET', `/users/${scene.id.tech}/grants`)).body
  expect(items.map(({ projectId, serverId }) => projectId ?? serverId)).toEqual(['main', 'vps-1'])
})

test('a project that is being deleted is exported as such, without members', async () => {
  const { text } = await scene.as('operator', 'GET', '/export')
  expect(text.split('\n').filter((line) => line.includes('"web"'))).toEqual([
    '{"type":"project","name":"web","kind":"openstack","status":"deleting"}',
  ])
})

test('a project that is being deleted leaves nothing to clean up yet', async () => {
  expect(await scene.toldToCleanUp()).toEqual([])
  expect((await scene.readProject()).cleanupSince).toBeUndefined()
})

test('one event tells that a project is being deleted, and not of its end', async () => {
  const actor = { kind: 'user', id: scene.id.admin }
  const change = {
    resource: { type: 'project', id: scene.id.web },
    before: { name: 'web', status: 'active' },
    after: { name: 'web', status: 'deleting' },
  }
  expect(await scene.deletionEvents()).toMatchObject([
    { type: 'project.deletion-started', actor, changes: [change] },
  ])
})

test('where OpenStack was turned off meanwhile, the next deletion ends it at once', async () => {
  const { table } = world
  const now = instantOf(world.now())
  const actor = { kind: 'operator', id: 'ops' } as const
  const project = await scene.readProject()
  const plan = await deleteProject({ table, actor, stamp: stampOf(now, 'ops'), now }, project)
  if (plan.outcome !== 'applied') throw new Error('it does not end')
  await commit(table, plan.change)
  expect((await scene.readProject()).deleted).toBe(project.deleting)
  expect((await scene.as('admin', 'POST', '/projects', { name: 'web' })).status).toBe(201)
})

describe('a deletion that the worker has confirmed', () => {
  beforeEach(() => scene.confirm())

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

test('a deletion that is only tried lists what its event will, and deletes nothing', async () => {
  scene = await seedOpenStack(world)
  const dry = await scene.remove('admin', '?dryRun=true')
  expect(dry.status).toBe(200)
  expect((await scene.as('admin', 'GET', scene.web)).body.status).toBe('active')
  await scene.remove()
  expect(await scene.deletionEvents()).toMatchObject([{ changes: dry.body.changes }])
})

test('a deletion that nobody has asked for is not confirmed', async () => {
  scene = await seedOpenStack(world)
  await expect(scene.confirm()).rejects.toThrow('nobody has deleted the project')
  expect((await scene.as('admin', 'GET', scene.web)).status).toBe(200)
})
