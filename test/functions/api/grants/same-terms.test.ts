import { describe, expect, it } from 'vitest'
import { because, type Scene, seedScene } from '../changes.ts'
import { sender } from './sending.ts'
import { startWorld } from '../world.ts'

const world = await startWorld()
const { trying } = sender(world)

const put = (scene: Scene, body: unknown, path = `/projects/${scene.id.web}/members/${scene.id.tech}`) =>
  trying(() => world.send('PUT', `${scene.at}${path}`, scene.token.admin, body))

describe('a grant', () => {
  it('by an event stays the event’s where somebody grants the same', async () => {
    const scene = await seedScene(world)
    const { answer, changed } = await put(scene, { roles: ['dns:read'] })
    expect([answer.status, changed]).toEqual([200, false])
    expect(answer.body).toMatchObject({ source: 'webhook', grantedBy: 'webhook:orders' })
  })

  it('is the same with its roles in another order', async () => {
    const scene = await seedScene(world)
    await put(scene, { roles: ['dns:read', 'image:read'] })
    const { answer, changed } = await put(scene, { roles: ['image:read', 'dns:read'] })
    expect([answer.body.roles, changed]).toEqual([['dns:read', 'image:read'], false])
  })

  it('is replaced where an expiry or a reason is left out, or another', async () => {
    const scene = await seedScene(world)
    const terms = { roles: ['dns:read'], expiresAt: '2027-01-01T00:00:00.000Z', reason: 'a while' }
    const { expiresAt: _e, ...forever } = terms
    const { reason: _r, ...unexplained } = terms
    for (const other of [
      forever,
      unexplained,
      { ...terms, reason: 'other' },
      { ...terms, roles: ['full'] },
    ]) {
      await put(scene, terms)
      const same = await put(scene, { ...terms, expiresAt: '2027-01-01T01:00:00+01:00' })
      expect([same.answer.status, same.changed]).toEqual([200, false])
      const { answer, changed } = await put(scene, other)
      expect([answer.status, changed]).toEqual([200, true])
      expect(answer.body).toMatchObject(other)
      expect('expiresAt' in answer.body).toBe('expiresAt' in other)
      expect('reason' in answer.body).toBe('reason' in other)
    }
  })

  it('that comes with the type is another once it is said: it stays when the type goes', async () => {
    const scene = await seedScene(world)
    const path = `/projects/${scene.id.web}/members/${scene.id.admin}`
    const { answer, changed } = await put(scene, { roles: ['full'] }, path)
    expect([answer.status, answer.body.source, changed]).toEqual([200, 'explicit', true])
    expect((await put(scene, { roles: ['full'] }, path)).changed).toBe(false)
  })

  it('of Main, with the copy that the user has of it', async () => {
    const scene = await seedScene(world)
    const path = `/projects/main/members/${scene.id.tech}`
    const terms = { roles: ['cdn'], reason: 'the shop' }
    expect((await put(scene, terms, path)).changed).toBe(true)
    expect((await put(scene, terms, path)).changed).toBe(false)
  })

  it('that was taken away is another', async () => {
    const scene = await seedScene(world)
    const path = `${scene.at}/servers/vps-1/assignments/${scene.id.tech}`
    await world.send('DELETE', path, scene.token.admin)
    const again = await trying(() => world.send('PUT', path, scene.token.admin, { capabilities: ['power'] }))
    expect([again.answer.status, again.changed]).toEqual([201, true])
  })
})

it('an event that says what already is counts: what is older has no effect any more', async () => {
  const { customerId, mail } = await seedScene(world)
  const pair = { customerId, project: 'web', user: mail('tech') }
  const start = world.now().getTime()
  world.setTime(new Date(start + 1000))
  await world.event('membership.granted', { ...pair, roles: ['dns:read'] })
  world.setTime(new Date(start + 500))
  await expect(world.event('membership.revoked', pair)).rejects.toThrow('changed nothing')
})

const patch = (place: string, token: string, body: unknown) =>
  trying(() => world.send('PATCH', place, token, body))

describe('a user', () => {
  it('with the address that it has is not invited again while its login is linked', async () => {
    const { at, id, token, mail } = await seedScene(world)
    const { answer, changed } = await patch(`${at}/users/${id.tech}`, token.admin, { email: mail('tech') })
    expect([answer.status, changed]).toEqual([200, false])
  })

  it.each([
    ['the login was unlinked', 0, true],
    ['nobody has come within 30 days', 31, false],
  ])('with the address that it has is invited again once %s', async (_when, days, isUnlinked) => {
    const { at, id, token, mail } = await seedScene(world)
    const invited = { email: mail('late'), name: 'L', type: 'customer-tech' }
    const created = await world.send('POST', `${at}/users`, token.admin, invited)
    const place = `${at}/users/${isUnlinked ? id.tech : String(created.body.id)}`
    if (isUnlinked) await world.send('DELETE', `${place}/login`, token.admin)
    const time = world.now()
    world.setTime(new Date(time.getTime() + days * 86_400_000))
    const admin = await world.person(mail('admin'))
    const body = { email: isUnlinked ? mail('tech') : invited.email }
    const [first, second] = [await patch(place, admin, body), await patch(place, admin, body)]
    expect([first.answer.status, first.changed, second.answer.status, second.changed]).toEqual([
      200,
      true,
      200,
      false,
    ])
    world.setTime(time)
  })

  it('of the type already, with the projects to keep that it is in', async () => {
    const { at, id, token, etag } = await seedScene(world)
    const change = async (keep: string[]) => {
      const headers = { 'if-match': await etag(`/users/${id.tech}`) }
      const body = { type: 'customer-tech', keep }
      return trying(() => world.send('PUT', `${at}/users/${id.tech}/type`, token.admin, body, headers))
    }
    const [same, other] = [await change([id.web]), await change([id.old])]
    expect([same.answer.status, same.changed]).toEqual([200, false])
    expect([other.answer.status, other.answer.body.errors]).toMatchObject([400, [{ pointer: '/keep/0' }]])
  })
})

it('a decision that is repeated stays with the user who made it first, and the audit event lists only the others', async () => {
  const scene = await seedScene(world)
  const { at, id, token } = scene
  const r = await scene.review()
  const decide = (by: string, ...decisions: object[]) =>
    trying(() => world.send('POST', `${at}/reviews/${r}/decisions`, by, { decisions }))
  const web = { item: `${id.tech}.project.${id.web}`, decision: 'keep' }
  const server = { item: `${id.tech}.server.vps-1`, decision: 'revoke' }
  await decide(token.admin, web)
  const seen = await scene.events()
  const both = await decide(token.owner, web, server)
  expect(both.answer.body.items).toMatchObject([
    { decision: { by: `user:${id.admin}` } },
    { decision: { by: `user:${id.owner}` } },
  ])
  const events = (await scene.events()).filter((event) => !seen.some((each) => each.id === event.id))
  expect(events.map(({ changes: told }) => told)).toMatchObject([[{ after: { state: 'decided' } }]])
  expect((await decide(token.admin, web, server)).changed).toBe(false)
  expect((await decide(token.owner, { ...server, reason: 'gone' })).changed).toBe(true)
})

it.each([
  ['PATCH', '/projects/{web}', { description: 'x' }, { description: ' x ' }],
  ['PATCH', '/projects/{web}', { description: '' }, { description: '' }],
  ['PATCH', '/projects/{web}', { name: 'Web' }, { name: 'Web', description: '' }],
  ['PATCH', '', { organisation: 'Bridge' }, { organisation: ' Bridge' }],
  ['PUT', '/review-policy', {}, {}],
  ['PUT', '/contact', {}, {}],
  ['PUT', '/contact', { email: 'desk@scene.example' }, { email: 'Desk@Scene.example' }],
])('what comes to the same is the same: %s %s %j', async (method, path, one, other) => {
  const { at, id, token } = await seedScene(world)
  const place = `${at}${path.replace('{web}', id.web)}`
  await world.send(method, place, token.admin, one)
  const { answer, changed } = await trying(() => world.send(method, place, token.admin, other))
  expect([answer.status, changed]).toEqual([200, false])
})

it.each([
  ['PATCH', '/projects/{web}', { name: 'WEB' }, true],
  ['PUT', '/review-policy', {}, false],
  ['PUT', '/contact', {}, false],
  ['POST', '/resume', undefined, false],
])('on what nobody has set yet: %s %s %j', async (method, path, body, isChange) => {
  const { at, id, token } = await seedScene(world)
  const place = `${at}${path.replace('{web}', id.web)}`
  const { answer, changed } = await trying(() => world.send(method, place, token.operator, body, because))
  expect([answer.status, changed]).toEqual([200, isChange])
})
