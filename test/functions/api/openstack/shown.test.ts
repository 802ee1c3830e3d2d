import { beforeEach, describe, expect, it } from 'vitest'
import { type OpenStackScene, seedOpenStack } from './scene.ts'
import { keystoneIdOf, settle, writeRecord } from './worker.ts'
import { type Answer, startWorld } from '../world.ts'

const world = await startWorld({ openstack: true })
const { table } = world
let scene: OpenStackScene
const shownOf = async (projectId: string) =>
  Object((await scene.as('owner', 'GET', `/projects/${projectId}`)).body.openstack) as Record<string, unknown>
const statesOf = async () =>
  (await scene.as('operator', 'GET', '/projects')).body.items.map(({ name, openstack }) => [
    name,
    Reflect.get(Object(openstack), 'state'),
  ])
/** Of the scene's projects, Main first. */
const all = (state: string) => [
  [scene.customerId, undefined],
  ['old', state],
  ['web', state],
]
const user = (name: 'tech' | 'admin') => `/users/${scene.id[name]}`
const change = (method: string, path: string, body?: unknown) => scene.as('operator', method, path, body)
const changeMatching = (method: string, path: string, of: string, body?: unknown) =>
  scene.asMatching('operator', method, path, of, body)

beforeEach(async () => {
  scene = await seedOpenStack(world)
})

describe('a project', () => {
  it('that was just created is pending, under its name in OpenStack', async () => {
    const { status, body } = await change('POST', '/projects', { name: 'Shop' })
    const openstack = { state: 'pending', name: `${scene.customerId}_Shop`, since: body.createdAt }
    expect([status, body.openstack]).toEqual([201, openstack])
    expect(await shownOf(String(body.id))).toEqual(openstack)
  })

  it('is ready, with its id there, once the worker says so', async () => {
    const { body } = await change('POST', '/projects', { name: 'Shop' })
    const id = String(body.id)
    scene.pass()
    await writeRecord(table, scene.customerId, id)
    expect(await shownOf(id)).toEqual({
      state: 'ready',
      name: `${scene.customerId}_Shop`,
      projectId: keystoneIdOf(id),
      since: world.now().toISOString(),
    })
  })

  it('that failed says why, and since when', async () => {
    const error = 'the name "x" is taken by another project in OpenStack'
    await writeRecord(table, scene.customerId, scene.id.web, { state: 'failed', error })
    expect(await shownOf(scene.id.web)).toMatchObject({ state: 'failed', error })
  })

  it.each([
    ['somebody has other roles', 'PUT', () => `/members/${scene.id.tech}`, { roles: ['compute:read'] }],
    ['somebody is taken out', 'DELETE', () => `/members/${scene.id.tech}`, undefined],
    ['an admin is taken out', 'DELETE', () => `/members/${scene.id.admin}`, undefined],
    ['it is renamed', 'PATCH', () => '', { name: 'Site' }],
    ['it is described', 'PATCH', () => '', { description: 'The shop' }],
  ])('is pending again as soon as %s', async (_name, method, path, body) => {
    const { status } = await change(method, `/projects/${scene.id.web}${path()}`, body)
    expect(status).toBeLessThan(300)
    expect(await shownOf(scene.id.web)).toMatchObject({
      state: 'pending',
      projectId: keystoneIdOf(scene.id.web),
      since: world.now().toISOString(),
    })
    expect(await shownOf(scene.id.old)).toMatchObject({ state: 'ready' })
  })

  it('that is renamed is pending in the answer already', async () => {
    const { body } = await change('PATCH', `/projects/${scene.id.web}`, { name: 'Site' })
    expect(body.openstack).toMatchObject({ state: 'pending', name: `${scene.customerId}_Site` })
  })

  it('stays ready where a change is only tried', async () => {
    await change('PUT', `/projects/${scene.id.web}/members/${scene.id.tech}?dryRun=true`, { roles: ['full'] })
    expect(await shownOf(scene.id.web)).toMatchObject({ state: 'ready' })
  })

  it('stays ready where a change is refused', async () => {
    const { status } = await change('PUT', `/projects/${scene.id.web}/members/${scene.id.billing}`, {
      roles: ['full'],
    })
    expect(status).toBe(409)
    expect(await shownOf(scene.id.web)).toMatchObject({ state: 'ready' })
  })

  it('called Main has no state in OpenStack', async () => {
    expect((await scene.as('owner', 'GET', '/projects/main')).body).not.toHaveProperty('openstack')
    expect((await scene.as('owner', 'GET', '/projects')).body.items[0]).not.toHaveProperty('openstack')
  })
})

describe('every project is pending as soon as', () => {
  const acts: [name: string, act: () => Promise<Answer>][] = [
    [
      'an admin joins the existing ones',
      () => {
        const body = { type: 'customer-admin', joinExisting: true }
        return changeMatching('PUT', `${user('tech')}/type`, user('tech'), body)
      },
    ],
    ['an admin is deleted', () => changeMatching('DELETE', user('admin'), user('admin'))],
    ['a tech is disabled', () => change('PATCH', user('tech'), { status: 'disabled' })],
    ['an admin has another address', () => change('PATCH', user('admin'), { email: scene.mail('moved') })],
    [
      'the ownership is handed over',
      () => changeMatching('POST', '/ownership-transfer/force', '', { to: scene.id.admin }),
    ],
    ['the customer is suspended', () => change('POST', '/suspend')],
    ['the customer is closed', () => changeMatching('POST', '/close', '')],
  ]

  it.each(acts)('%s', async (_name, act) => {
    expect(await statesOf()).toEqual(all('ready'))
    expect((await act()).status).toBeLessThan(300)
    expect(await statesOf()).toEqual(all('pending'))
  })

  it.each<[string, () => Promise<Answer>]>([
    ['a user is called otherwise', () => change('PATCH', user('tech'), { name: 'Tim' })],
    ['a login is unlinked', () => change('DELETE', `${user('tech')}/login`)],
    [
      'a tech comes',
      () => change('POST', '/users', { email: scene.mail('new'), name: 'N', type: 'customer-tech' }),
    ],
    [
      'a server is assigned',
      () => change('PUT', `/servers/vps-1/assignments/${scene.id.admin}`, { capabilities: [] }),
    ],
    [
      'somebody is let into Main',
      () => change('PUT', `/projects/main/members/${scene.id.tech}`, { roles: ['cdn'] }),
    ],
    ['the contact is replaced', () => change('PUT', '/contact', { name: 'Desk' })],
  ])('but not where %s', async (_name, act) => {
    expect((await act()).status).toBeLessThan(300)
    expect(await statesOf()).toEqual(all('ready'))
  })

  it('its customer is suspended, and ready again once all are disabled there', async () => {
    await change('POST', '/suspend')
    scene.pass()
    await settle(table, scene.customerId)
    const { body } = await scene.as('operator', 'GET', scene.web)
    expect(body.openstack).toMatchObject({ state: 'ready' })
  })
})
