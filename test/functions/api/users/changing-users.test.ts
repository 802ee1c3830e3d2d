import { describe, expect, it } from 'vitest'
import { because, seedScene } from '../changes.ts'
import { startWorld } from '../world.ts'

const world = await startWorld()
const scene = await seedScene(world)
const { id, mail } = scene

type Caller = keyof typeof scene.token
async function as(by: Caller, method: string, path: string, body?: unknown, of = scene) {
  const ifMatch = /\/users\/[^/]+(\/type)?$/.test(path) && method !== 'PATCH'
  const etag = ifMatch ? await of.etag(path.replace('/type', ''), of.token.operator) : ''
  const headers = { ...(by === 'operator' && because), ...(etag !== '' && { 'if-match': etag }) }
  return world.send(method, `${of.at}${path}`, of.token[by], body, headers)
}
const create = (email: string, type = 'customer-tech', more: object = {}) =>
  as('admin', 'POST', '/users', { email, name: 'New', type, ...more })

describe('a new user', () => {
  it.each([
    ['customer-admin', undefined, true],
    ['customer-billing', undefined, true],
    ['customer-tech', undefined, false],
    ['customer-tech', true, true],
    ['customer-client', false, false],
  ])('%s with main %s is a member of Main: %s', async (type, main, mainMember) => {
    const { body, status } = await create(mail(`${type}-${main}`), type, main === undefined ? {} : { main })
    expect([status, body.type, body.mainMember, body.loginLinked]).toEqual([201, type, mainMember, false])
  })

  it('signs in with the address it was invited by', async () => {
    const { body } = await create(mail('invited'))
    const me = await world.ask('/v1/me', await world.person(mail('invited')))
    expect(me.body.items).toMatchObject([{ user: { id: body.id, loginLinked: true } }])
  })

  it('has an address that nobody of this customer has', async () => {
    const answer = await create(mail('TECH'))
    expect([answer.status, answer.body.code]).toEqual([409, 'conflict'])
  })

  it.each([
    [{ type: 'main-customer' }, '/type'],
    [{ type: 'admin' }, '/type'],
    [{ main: 'yes' }, '/main'],
    [{ name: 'a\nb' }, '/name'],
    [{ name: 7 }, '/name'],
  ])('is not %j', async (fields, pointer) => {
    const answer = await create(mail('x'), 'customer-tech', fields)
    expect(answer.body).toMatchObject({ status: 400, errors: [{ pointer }] })
  })

  it('is one admin of fifty', async () => {
    const own = await seedScene(world)
    for (let count = 1; count < 50; count++) {
      const admin = { email: own.mail(`admin${count}`), name: 'A', type: 'customer-admin' }
      await world.event('user.created', { customerId: own.customerId, ...admin })
    }
    const body = { email: own.mail('one-more'), name: 'A', type: 'customer-admin' }
    const answer = await as('owner', 'POST', '/users', body, own)
    expect([answer.status, answer.body.code]).toEqual([409, 'quota'])
  })
})

describe('a user', () => {
  it('is renamed, gets another address and is invited again by it', async () => {
    const { body: user } = await create(mail('moves'))
    const body = { email: mail('Moved'), name: 'Moved' }
    const moved = await as('admin', 'PATCH', `/users/${String(user.id)}`, body)
    expect(moved.body).toMatchObject({ id: user.id, email: mail('moved'), name: 'Moved' })
    expect((await as('admin', 'GET', `/users?email=${mail('moves')}`)).body.items).toEqual([])
    expect((await world.ask('/v1/me', await world.person(mail('moves')))).body.items).toEqual([])
    expect((await world.ask('/v1/me', await world.person(mail('moved')))).body.items).toHaveLength(1)
    expect((await create(mail('moves'))).status).toBe(201)
  })

  it('does not get the address of another', async () => {
    const answer = await as('admin', 'PATCH', `/users/${id.tech}`, { email: mail('admin') })
    expect([answer.status, answer.body.code]).toEqual([409, 'conflict'])
  })

  it('is disabled and enabled', async () => {
    for (const [status, answer] of [
      ['disabled', 403],
      ['active', 200],
    ] as const) {
      expect((await as('admin', 'PATCH', `/users/${id.billing}`, { status })).body.status).toBe(status)
      expect((await as('billing', 'GET', '/contact')).status).toBe(answer)
    }
  })

  const bad = [{}, { status: 'deleted' }, { type: 'customer-admin' }, { name: null }, { login: null }]
  it.each(bad)('is not changed to %j', async (body) => {
    expect((await as('admin', 'PATCH', `/users/${id.tech}`, body)).status).toBe(400)
  })

  it('that is deleted is nobody, and its address is free', async () => {
    const { body: user } = await create(mail('goes'))
    const login = await world.person(mail('goes'))
    await world.ask('/v1/me', login)
    expect((await as('admin', 'DELETE', `/users/${String(user.id)}`)).status).toBe(204)
    expect((await as('admin', 'GET', `/users/${String(user.id)}`)).status).toBe(404)
    expect((await as('admin', 'PATCH', `/users/${String(user.id)}`, { name: 'X' })).status).toBe(404)
    expect((await world.ask('/v1/me', login)).body.items).toEqual([])
    expect((await create(mail('goes'))).body.id).not.toBe(user.id)
  })

  it('loses its login', async () => {
    const { body: user } = await create(mail('linked'))
    await world.ask('/v1/me', await world.person(mail('linked')))
    expect((await as('admin', 'DELETE', `/users/${String(user.id)}/login`)).status).toBe(204)
    expect((await as('admin', 'GET', `/users/${String(user.id)}`)).body.loginLinked).toBe(false)
    expect((await as('admin', 'DELETE', `/users/${String(user.id)}/login`)).status).toBe(404)
  })
})

describe('a type', () => {
  it('takes along what came with it, but for what is kept', async () => {
    const own = await seedScene(world)
    const before = await as('owner', 'GET', `/users/${own.id.admin}/grants`, undefined, own)
    expect(before.body.items.map(({ projectId }) => projectId)).toContain(own.id.web)
    const body = { type: 'customer-client', keep: [own.id.web] }
    expect((await as('owner', 'PUT', `/users/${own.id.admin}/type`, body, own)).status).toBe(200)
    const after = await as('owner', 'GET', `/users/${own.id.admin}/grants`, undefined, own)
    expect(after.body.items).toMatchObject([
      { projectId: 'main', source: 'webhook' },
      { projectId: own.id.web, source: 'explicit', roles: ['full'] },
    ])
  })

  it.each([
    [false, ['main']],
    [true, ['main', 'old', 'web']],
  ])('of an admin with joinExisting %s brings %j', async (joinExisting, names) => {
    const own = await seedScene(world)
    const body = { type: 'customer-admin', joinExisting }
    expect((await as('owner', 'PUT', `/users/${own.id.billing}/type`, body, own)).status).toBe(200)
    const { body: grants } = await as('owner', 'GET', `/users/${own.id.billing}/grants`, undefined, own)
    const shown = grants.items.map((each) => (each.projectId === 'main' ? 'main' : each.projectName))
    expect(shown).toEqual(names)
  })

  const rows: [user: string, body: object, pointer: string][] = [
    [id.tech, { type: 'main-customer' }, '/type'],
    [id.tech, {}, '/type'],
    [id.tech, { type: 'customer-client', joinExisting: true }, '/joinExisting'],
    [id.tech, { type: 'customer-client', keep: [id.web] }, '/keep'],
    [id.admin, { type: 'customer-billing', keep: [id.web] }, '/keep'],
    [id.admin, { type: 'customer-tech', keep: [id.web, id.web] }, '/keep'],
    [id.admin, { type: 'customer-tech', keep: [id.web, 'prj_none'] }, '/keep/1'],
    [id.admin, { type: 'customer-tech', keep: [id.old] }, '/keep/0'],
    [id.admin, { type: 'customer-tech', keep: ['a#b'] }, '/keep/0'],
    [id.admin, { type: 'customer-tech', keep: ['x'.repeat(3000)] }, '/keep/0'],
    [id.admin, { type: 'customer-tech', keep: Array.from({ length: 41 }, (_, n) => `prj_${n}`) }, '/keep'],
  ]
  it.each(rows)('of %s is not changed to %.80j', async (user, body, pointer) => {
    const answer = await as('owner', 'PUT', `/users/${user}/type`, body)
    expect([answer.status, answer.body.errors]).toMatchObject([400, [{ pointer }]])
  })
})
