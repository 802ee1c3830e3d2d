import { describe, expect, it } from 'vitest'
import { because, type Scene, seedScene } from '../changes.ts'
import { startWorld } from '../world.ts'

const world = await startWorld()
const path = '/ownership-transfer'

const offer = async ({ at, token, id, etag }: Scene) =>
  world.post(`${at}${path}`, token.owner, { to: id.admin }, { 'if-match': await etag('', token.operator) })
const seenBy = async ({ at, token }: Scene, by: 'owner' | 'admin' | 'operator') =>
  (await world.ask(`${at}${path}`, token[by])).status
const event = ({ customerId, mail }: Scene, type: string, user: string, more = {}) =>
  world.event(type, { customerId, user: mail(user), ...more })
const unlink = ({ at, token, id }: Scene, user: 'owner' | 'admin') =>
  world.send('DELETE', `${at}/users/${id[user]}/login`, token.operator, undefined, because)
const setEmail = ({ at, token, id, mail }: Scene, to: string) =>
  world.send('PATCH', `${at}/users/${id.admin}`, token.owner, { email: mail(to) })
const post = ({ at, token }: Scene, where: string) =>
  world.send('POST', `${at}/${where}`, token.operator, undefined, because)

const accept = ({ at, token }: Scene, etag: string) =>
  world.send('POST', `${at}${path}/accept`, token.admin, undefined, { 'if-match': etag })

type Happening = [what: string, happens: (scene: Scene) => Promise<unknown>, accepting: number]

/** After each of these the two aren't any more who and what they were; in the end both are linked and active again. */
const undone: Happening[] = [
  [
    'was demoted and promoted again',
    async (scene) => {
      await event(scene, 'user.updated', 'admin', { type: 'customer-tech' })
      await event(scene, 'user.updated', 'admin', { type: 'customer-admin' })
    },
    409,
  ],
  [
    'was disabled and enabled again',
    async (scene) => {
      await event(scene, 'user.disabled', 'admin')
      await event(scene, 'user.enabled', 'admin')
    },
    409,
  ],
  [
    'was unlinked and linked to the same login again',
    async (scene) => {
      await unlink(scene, 'admin')
      await setEmail(scene, 'admin')
      world.setTime(new Date(world.now().getTime() + 1))
      await world.ask('/v1/me', scene.token.admin)
    },
    409,
  ],
]

/** These leave nobody who could accept. */
const gone: Happening[] = [
  ['was demoted', (scene) => event(scene, 'user.updated', 'admin', { type: 'customer-tech' }), 403],
  ['is billing now', (scene) => event(scene, 'user.updated', 'admin', { type: 'customer-billing' }), 403],
  ['was disabled', (scene) => event(scene, 'user.disabled', 'admin'), 403],
  ['was deleted', (scene) => event(scene, 'user.deleted', 'admin'), 404],
  ['was unlinked', (scene) => unlink(scene, 'admin'), 404],
]

describe('an offer whose nominee', () => {
  it.each([...undone, ...gone])('%s is void for everybody', async (_what, happens, accepting) => {
    const scene = await seedScene(world)
    expect((await offer(scene)).status).toBe(201)
    const etag = await scene.etag(path)
    await happens(scene)
    expect([await seenBy(scene, 'owner'), await seenBy(scene, 'operator')]).toEqual([404, 404])
    expect(await seenBy(scene, 'admin')).not.toBe(200)
    for (const by of ['owner', 'operator'] as const) {
      const headers = { ...because, 'if-match': etag }
      const { status } = await world.send('DELETE', scene.at + path, scene.token[by], undefined, headers)
      expect([by, status]).toEqual([by, 404])
    }
    expect((await accept(scene, etag)).status).toBe(accepting)
  })

  it.each(undone)('%s gives way to another offer, which is accepted', async (_what, happens) => {
    const scene = await seedScene(world)
    await offer(scene)
    await happens(scene)
    expect((await offer(scene)).status).toBe(201)
    for (const by of ['owner', 'admin', 'operator'] as const) expect(await seenBy(scene, by)).toBe(200)
    const accepted = await accept(scene, await scene.etag(path, scene.token.admin))
    expect([accepted.status, accepted.body.mainCustomerId]).toEqual([200, scene.id.admin])
  })

  it.each([
    ['has a new address', (scene: Scene) => setEmail(scene, 'moved')],
    ['has a new name', (scene: Scene) => event(scene, 'user.updated', 'admin', { name: 'Another' })],
    ['was enabled, being active', (scene: Scene) => event(scene, 'user.enabled', 'admin').catch(() => 0)],
  ])('%s still is one', async (_what, happens) => {
    const scene = await seedScene(world)
    await offer(scene)
    await happens(scene)
    for (const by of ['owner', 'admin', 'operator'] as const)
      expect([by, await seenBy(scene, by)]).toEqual([by, 200])
  })
})

it('an offer whose maker was unlinked since is shown to nobody, nor accepted', async () => {
  const scene = await seedScene(world)
  const etag = (await offer(scene)).headers.get('etag') ?? ''
  await unlink(scene, 'owner')
  expect((await accept(scene, etag)).status).toBe(409)
  expect([await seenBy(scene, 'admin'), await seenBy(scene, 'operator')]).toEqual([404, 404])
})

it('an offer waits while the customer is suspended, which operators may withdraw, and ends with it', async () => {
  const scene = await seedScene(world)
  await offer(scene)
  await post(scene, 'suspend')
  expect(await seenBy(scene, 'operator')).toBe(200)
  expect([await seenBy(scene, 'owner'), await seenBy(scene, 'admin')]).toEqual([403, 403])
  await post(scene, 'resume')
  for (const by of ['owner', 'admin', 'operator'] as const) expect(await seenBy(scene, by)).toBe(200)
  const seen = { 'if-match': await scene.etag('', scene.token.operator) }
  await world.send('POST', `${scene.at}/close`, scene.token.operator, undefined, { ...because, ...seen })
  expect(await seenBy(scene, 'operator')).toBe(404)
})
