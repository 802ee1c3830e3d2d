import { describe, expect, it } from 'vitest'
import { because, offered, type Scene, seedScene } from '../changes.ts'
import { startWorld } from '../world.ts'

const world = await startWorld()
const path = '/ownership-transfer'

type Caller = keyof Scene['token']
/** With the ETag that is asked for: the offer's for accepting and withdrawing, else the customer's. */
async function as(scene: Scene, by: Caller, method: string, where: string, body?: unknown, etag?: string) {
  const seen = etag ?? (await scene.etag(body ? '' : path, scene.token.operator))
  const headers = {
    ...(by === 'operator' && because),
    ...(method !== 'GET' && { 'if-match': seen || '"none"' }),
  }
  return world.send(method, `${scene.at}${where}`, scene.token[by], body, headers)
}
/** Tokens don't last as long as offers do. */
async function later({ token, mail }: Scene, time: number) {
  world.setTime(new Date(time))
  token.operator = await world.operator()
  for (const by of ['owner', 'admin'] as const) token[by] = await world.person(mail(by))
}
const typesOf = async ({ at, token }: Scene) =>
  Object.fromEntries(
    (await world.ask(`${at}/users`, token.operator)).body.items.map(({ name, type }) => [name, type]),
  )

describe('an offer', () => {
  it('is accepted: the two swap their types, and nobody loses a project', async () => {
    const scene = await seedScene(world)
    const offer = await as(scene, 'owner', 'POST', path, { to: scene.id.admin })
    expect(offer.body).toMatchObject({ to: scene.id.admin, offeredBy: scene.id.owner })
    for (const by of ['owner', 'admin', 'operator'] as const) {
      expect((await as(scene, by, 'GET', path)).text).toBe(offer.text)
    }
    const accepted = await as(scene, 'admin', 'POST', `${path}/accept`)
    expect([accepted.status, accepted.body.mainCustomerId]).toEqual([200, scene.id.admin])
    expect(await typesOf(scene)).toMatchObject({ Olga: 'customer-admin', admin: 'main-customer' })
    const grants = await world.ask(`${scene.at}/users/${scene.id.owner}/grants`, scene.token.operator)
    expect(grants.body.items).toHaveLength(3)
    expect((await as(scene, 'admin', 'GET', path)).status).toBe(404)
  })

  it('is replaced by the next, and withdrawn', async () => {
    const scene = await seedScene(world)
    const first = await offered(scene)
    world.setTime(new Date(world.now().getTime() + 1000))
    const second = await as(scene, 'owner', 'POST', path, { to: scene.id.admin })
    expect((await as(scene, 'admin', 'POST', `${path}/accept`, undefined, first)).status).toBe(412)
    const etag = second.headers.get('etag') ?? ''
    expect((await as(scene, 'owner', 'DELETE', path, undefined, etag)).status).toBe(204)
    expect((await as(scene, 'admin', 'POST', `${path}/accept`, undefined, etag)).status).toBe(404)
    expect((await as(scene, 'owner', 'DELETE', path, undefined, etag)).status).toBe(404)
  })

  it('ends after seven days', async () => {
    const scene = await seedScene(world)
    const start = world.now().getTime()
    const etag = await offered(scene)
    await later(scene, start + 7 * 86_400_000 - 1)
    expect((await as(scene, 'admin', 'GET', path)).status).toBe(200)
    await later(scene, start + 7 * 86_400_000)
    expect((await as(scene, 'admin', 'GET', path)).status).toBe(404)
    expect((await as(scene, 'admin', 'POST', `${path}/accept`, undefined, etag)).status).toBe(404)
    expect((await as(scene, 'operator', 'GET', path)).status).toBe(404)
    expect((await as(scene, 'owner', 'POST', path, { to: scene.id.admin })).status).toBe(201)
  })

  it('is no more once the ownership was forced elsewhere', async () => {
    const scene = await seedScene(world)
    await world.event('user.created', {
      customerId: scene.customerId,
      email: scene.mail('third'),
      name: 'third',
      type: 'customer-admin',
    })
    await world.ask('/v1/me', await world.person(scene.mail('third')))
    const etag = await offered(scene)
    const third = await world.userId(scene.customerId, scene.mail('third'))
    const forced = await as(scene, 'operator', 'POST', `${path}/force`, { to: third })
    expect([forced.status, forced.body.mainCustomerId]).toEqual([200, third])
    expect((await as(scene, 'admin', 'POST', `${path}/accept`, undefined, etag)).status).toBe(404)
  })
})

describe.each([
  ['owner', path],
  ['operator', `${path}/force`],
] as const)('by %s at %s the ownership does not go to', (by, where) => {
  it.each([
    ['tech', 409],
    ['billing', 409],
    ['owner', 409],
  ] as const)('a %s', async (to, status) => {
    const scene = await seedScene(world)
    const answer = await as(scene, by, 'POST', where, { to: scene.id[to] })
    expect([answer.status, answer.body.code]).toEqual([status, 'conflict'])
  })

  it('an admin who is disabled, or whose login is not linked', async () => {
    const scene = await seedScene(world)
    await world.event('user.disabled', { customerId: scene.customerId, user: scene.mail('admin') })
    expect((await as(scene, by, 'POST', where, { to: scene.id.admin })).status).toBe(409)
    await world.event('user.enabled', { customerId: scene.customerId, user: scene.mail('admin') })
    const login = `${scene.at}/users/${scene.id.admin}/login`
    expect((await world.send('DELETE', login, scene.token.owner)).status).toBe(204)
    expect((await as(scene, by, 'POST', where, { to: scene.id.admin })).status).toBe(409)
  })

  it.each(['usr_none', 'a#b', '', 7, null])('%j', async (to) => {
    const scene = await seedScene(world)
    const answer = await as(scene, by, 'POST', where, { to })
    expect([400, 409]).toContain(answer.status)
  })
})
