import { beforeAll, describe, expect, it } from 'vitest'
import { type Scene, seedScene } from '../changes.ts'
import { told } from '../routing/refused.ts'
import { startWorld } from '../world.ts'

const world = await startWorld()
/** Where the person is an admin, where a tech, and where nobody. */
const [mine, theirs, foreign] = await Promise.all([seedScene(world), seedScene(world), seedScene(world)])
const email = 'both@login.example'
const all = [mine, theirs, foreign]

let token = ''
const ids = { mine: '', theirs: '' }
beforeAll(async () => {
  await join(mine, 'customer-admin')
  await join(theirs, 'customer-tech')
  token = await world.person(email)
  await world.ask('/v1/me', token)
  ids.mine = await world.userId(mine.customerId, email)
  ids.theirs = await world.userId(theirs.customerId, email)
})

const join = ({ customerId }: Scene, type: string) =>
  world.event('user.created', { customerId, email, name: 'Both', type, main: true })
const as = (method: string, scene: Scene, path: string, body?: unknown, headers?: Record<string, string>) =>
  world.send(method, `${scene.at}${path}`, token, body, headers)

describe('somebody who is a user of two customers by one login', () => {
  it('is another user at each, with another type', async () => {
    const { items } = (await world.ask('/v1/me', token)).body
    expect(items).toMatchObject([
      { customer: { id: mine.customerId }, user: { id: ids.mine, type: 'customer-admin' } },
      { customer: { id: theirs.customerId }, user: { id: ids.theirs, type: 'customer-tech' } },
    ])
    expect(ids.mine).not.toBe(ids.theirs)
  })

  it('has at each the rights of its user there, and none anywhere else', async () => {
    const asked = ['', '/users', '/contact', '/events', '/projects', '/servers', '/export']
    const statuses = await Promise.all(
      all.map((scene) => Promise.all(asked.map(async (path) => (await as('GET', scene, path)).status))),
    )
    expect(statuses).toEqual([
      [200, 200, 200, 200, 200, 200, 403],
      [403, 403, 403, 403, 200, 200, 403],
      [404, 404, 404, 404, 404, 404, 404],
    ])
  })

  it('sees in no list what is of the other', async () => {
    for (const path of ['/users', '/projects', '/projects/main/members', '/servers', '/events']) {
      const { text } = await as('GET', mine, path)
      for (const other of [theirs, foreign]) {
        expect(text).not.toContain(other.customerId)
        for (const id of Object.values(other.id)) expect(text).not.toContain(id)
      }
      expect(text).not.toContain(ids.theirs)
    }
  })

  it('finds nothing of the one at the other: as if there were no such thing', async () => {
    const of = (scene: Scene, user: string) =>
      [
        ['GET', `/users/${user}`],
        ['GET', `/users/${user}/grants`],
        ['PATCH', `/users/${user}`, { name: 'X' }],
        ['DELETE', `/users/${user}/login`],
        ['GET', `/projects/${scene.id.web}`],
        ['PATCH', `/projects/${scene.id.web}`, { name: 'X' }],
        ['GET', `/projects/${scene.id.web}/members`],
        ['PUT', `/projects/${scene.id.web}/members/${user}`, { roles: ['full'] }],
        ['PUT', `/projects/${mine.id.web}/members/${user}`, { roles: ['full'] }],
        ['DELETE', `/projects/${mine.id.web}/members/${user}`],
        ['PUT', `/servers/vps-1/assignments/${user}`, { capabilities: [] }],
      ] as const
    const unknown = { ...mine, id: { ...mine.id, web: 'prj_01J00000000000000000000000' } }
    const asked = of(theirs, ids.theirs)
    for (const [place, [method, path, body]] of of(unknown, 'usr_01J00000000000000000000000').entries()) {
      const [, theirPath = ''] = asked[place] ?? []
      const expected = told(await as(method, mine, path, body))
      expect(expected).toMatchObject({ status: 404, code: 'not-found' })
      expect([path, told(await as(method, mine, theirPath, body))]).toEqual([path, expected])
    }
  })

  it('acts as its user there', async () => {
    await as('PATCH', mine, '', { organisation: 'Ours' })
    const event = (await mine.events()).find(({ type }) => type === 'customer.updated')
    expect(event).toMatchObject({ actor: { kind: 'user', id: ids.mine } })
    expect(JSON.stringify(await theirs.events())).not.toContain(ids.mine)
  })

  it('keeps the one whatever becomes of the other', async () => {
    const by = theirs.token.admin
    const path = `${theirs.at}/users/${ids.theirs}`
    const ours = async () => (await as('GET', mine, `/users/${ids.mine}`)).text
    const before = await ours()
    const other = { email: 'moved@login.example' }
    const steps: [method: string, path: string, body?: object][] = [
      ['PATCH', path, { status: 'disabled' }],
      ['PATCH', path, { status: 'active' }],
      ['DELETE', `${path}/login`],
      ['PATCH', path, other],
      ['DELETE', path],
    ]
    for (const [method, where, body] of steps) {
      const seen = { 'if-match': (await world.ask(path, by)).headers.get('etag') ?? '' }
      expect((await world.send(method, where, by, body, where === path ? seen : {})).status).toBeLessThan(300)
      expect([method, await ours()]).toEqual([method, before])
    }
    expect((await as('GET', theirs, '/projects')).status).toBe(404)
    expect((await world.ask('/v1/me', token)).body.items).toHaveLength(1)
  })
})
