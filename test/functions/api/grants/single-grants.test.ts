import { beforeAll, describe, expect, it } from 'vitest'
import { documentedRoutes as routes } from '../../../../infra/openapi/documented.ts'
import { because, offered, type Scene, seedScene } from '../changes.ts'
import { startWorld } from '../world.ts'

const world = await startWorld()
let scene: Scene
beforeAll(async () => {
  scene = await seedScene(world)
})
const member = (project: 'web' | 'old' | 'main', user: keyof Scene['id']) =>
  `/projects/${project === 'main' ? project : scene.id[project]}/members/${scene.id[user]}`
const assignment = (user: keyof Scene['id']) => `/servers/vps-1/assignments/${scene.id[user]}`
const read = (path: string, token = scene.token.admin, headers: Record<string, string> = {}) =>
  world.ask(`${scene.at}${path}`, token, { headers })

describe('a single grant', () => {
  it.each([
    ['explicit', () => member('web', 'tech'), { roles: ['dns:read'], source: 'webhook' }],
    ['by type', () => member('web', 'admin'), { roles: ['full'], source: 'type' }],
    ['of the main-customer', () => member('old', 'owner'), { roles: ['full'], locked: true }],
    ['of Main', () => member('main', 'tech'), { projectId: 'main', roles: [], source: 'webhook' }],
    ['of Main, by type', () => member('main', 'billing'), { projectId: 'main', source: 'type' }],
    ['on a server', () => assignment('tech'), { serverId: 'vps-1', capabilities: ['view', 'power'] }],
  ])('%s is shown as in the list, with its ETag', async (_name, pathOf, expected) => {
    const path = pathOf()
    const { status, headers, body } = await read(path)
    expect([status, body]).toMatchObject([200, expected])
    const listed = await read(path.replace(/\/[^/]+$/, ''))
    const etag = headers.get('etag')
    expect(listed.body.items).toContainEqual({ ...body, etag })
    const held = await read(`/users/${String(body.userId)}/grants`)
    expect(held.body.items).toContainEqual({ ...body, etag })
    expect((await read(path, scene.token.admin, { 'if-none-match': etag ?? '' })).status).toBe(304)
  })

  it('is shown after its end, as lists show it: nothing can be made in its place', async () => {
    const own = await seedScene(world)
    const path = `${own.at}/projects/${own.id.old}/members/${own.id.tech}`
    const expiresAt = new Date(world.now().getTime() + 1000).toISOString()
    await world.send('PUT', path, own.token.admin, { roles: ['dns:read'], expiresAt })
    const time = world.now()
    world.setTime(new Date(time.getTime() + 2000))
    expect((await world.ask(path, own.token.admin)).body).toMatchObject({ roles: ['dns:read'] })
    const only = { 'if-none-match': '*' }
    const put = () => world.send('PUT', path, own.token.admin, { roles: ['full'] }, only)
    expect((await put()).status).toBe(412)
    world.setTime(time)
  })
})

describe('an item of a list', () => {
  it.each([
    ['a member', () => member('web', 'tech'), 'PUT', { roles: ['full'] }],
    ['an assignee', () => assignment('tech'), 'DELETE', undefined],
  ])('%s is changed with the ETag that it carries, once', async (_name, pathOf, method, body) => {
    scene = await seedScene(world)
    const path = pathOf()
    const { items } = (await read(path.replace(/\/[^/]+$/, ''))).body
    const item = items.find(({ userId }) => userId === scene.id.tech)
    const change = () => {
      const headers = { 'if-match': String(item?.etag) }
      return world.send(method, `${scene.at}${path}`, scene.token.admin, body, headers)
    }
    const statuses = [(await change()).status, (await change()).status]
    expect(statuses).toEqual(method === 'PUT' ? [200, 412] : [204, 404])
  })

  it('carries the ETag that a GET of it gives, in every list of what can be read by itself', async () => {
    const own = await seedScene(world)
    await offered(own)
    const r = await own.review()
    await world.deliver(`listed-${own.customerId}`, 'user.deleted', {
      customerId: own.customerId,
      user: 'x@y.example',
    })
    const lists: [route: string, path: string, placeOf: (item: Item) => string][] = [
      ['listCustomers', '/v1/customers', below('/v1/customers')],
      ['listUsers', `${own.at}/users`, below(`${own.at}/users`)],
      ['listProjects', `${own.at}/projects`, below(`${own.at}/projects`)],
      ['listMembers', `${own.at}/projects/main/members`, placeOfGrant(own)],
      ['listServers', `${own.at}/servers`, below(`${own.at}/servers`)],
      ['listAssignments', `${own.at}/servers/vps-1/assignments`, placeOfGrant(own)],
      ['listGrants', `${own.at}/users/${own.id.tech}/grants`, placeOfGrant(own)],
      ['listReviews', `${own.at}/reviews`, below(`${own.at}/reviews`)],
      ['listReviewItems', `${own.at}/reviews/${r}/items`, below(`${own.at}/reviews/${r}/items`)],
      ['listDeliveries', '/v1/deliveries', below('/v1/deliveries/orders')],
    ]
    const untagged = ['whoAmI', 'listEvents', 'listAccess', 'listAccessAt']
    const known = routes.filter(({ response }) => response.list).map(({ id }) => id)
    expect([...lists.map(([route]) => route), ...untagged].sort()).toEqual(known.sort())
    for (const [route, path, placeOf] of lists) {
      const { items } = (await world.ask(path, own.token.operator)).body
      expect([route, items.length > 0]).toEqual([route, true])
      for (const item of items) {
        const { etag, ...shown } = item
        const single = await world.ask(placeOf(item as Item), own.token.operator)
        expect([route, single.body, single.headers.get('etag')]).toEqual([route, shown, etag])
      }
    }
  })
})

/** What an item is called by, where it has it. */
type Item = { id: string; projectId?: string; serverId?: string; userId: string }

const below = (path: string) => (item: Item) => `${path}/${item.id}`

const placeOfGrant =
  ({ at }: Scene) =>
  ({ projectId, serverId, userId }: Item) =>
    projectId === undefined
      ? `${at}/servers/${serverId}/assignments/${userId}`
      : `${at}/projects/${projectId}/members/${userId}`

it('a decision is answered with the ETag that its item has then', async () => {
  const own = await seedScene(world)
  const item = `${own.id.tech}.server.vps-1`
  const review = `${own.at}/reviews/${await own.review()}`
  const decisions = [{ item, decision: 'keep' }]
  const { body } = await world.send('POST', `${review}/decisions`, own.token.admin, { decisions })
  expect(body.items[0]?.etag).toBe(
    (await world.ask(`${review}/items/${item}`, own.token.admin)).headers.get('etag'),
  )
})

it('to close a customer takes the ETag of what was seen', async () => {
  const own = await seedScene(world)
  const etag = await own.etag('')
  const close = (headers: Record<string, string>) =>
    world.send('POST', `${own.at}/close`, own.token.operator, undefined, { ...because, ...headers })
  expect((await close({})).body.code).toBe('precondition-required')
  expect((await close({ 'if-match': '*' })).body.code).toBe('precondition-required')
  await world.send('PATCH', own.at, own.token.admin, { organisation: 'Renamed' })
  expect((await close({ 'if-match': etag })).body.code).toBe('stale')
  expect((await close({ 'if-match': await own.etag('') })).body.status).toBe('closed')
})
