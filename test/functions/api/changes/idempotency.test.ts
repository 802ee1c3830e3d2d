import { describe, expect, it } from 'vitest'
import { changeAt, seedScene, send } from '../changes.ts'
import { type Answer, startWorld } from '../world.ts'

const world = await startWorld()
const scene = await seedScene(world)
const { at, token, mail } = scene

let keys = 0
const newKey = () => ({ 'idempotency-key': `k-${++keys}` })
const project = (name: string) => ({
  method: 'POST',
  path: `${at}/projects`,
  token: token.admin,
  body: { name },
})
const renamed = (name: string, of = scene) => ({
  method: 'PATCH',
  path: `${of.at}/users/${of.id.tech}`,
  token: of.token.admin,
  body: { name },
})

describe('an Idempotency-Key', () => {
  it('is good for the very same method, path and body', async () => {
    const key = newKey()
    const first = await send(scene, project('first'), key)
    for (const other of [
      project('second'),
      { ...project('first'), body: '{"name": "first"}' },
      { ...project('first'), path: `${at}/users` },
      { ...project('first'), method: 'PATCH', path: `${at}/projects/${String(first.body.id)}` },
    ]) {
      const refused = await send(scene, other, key)
      expect([refused.status, refused.body.code]).toEqual([422, 'idempotency-mismatch'])
    }
    expect((await send(scene, project('first'), key)).text).toBe(first.text)
  })

  it('gives the first answer to who has lost the right since', async () => {
    const own = await seedScene(world)
    const request = await changeAt(own, 'changeUserType')
    const key = newKey()
    const first = await send(own, request, key)
    expect([first.status, first.body.type]).toEqual([200, 'customer-tech'])
    expect((await send(own, request, key)).text).toBe(first.text)
    expect((await send(own, request)).status).toBe(403)
  })

  it('is looked at before If-Match', async () => {
    const own = await seedScene(world)
    const etag = await own.etag(`/users/${own.id.tech}`)
    const headers = { ...newKey(), 'if-match': etag }
    const first = await send(own, renamed('N', own), headers)
    const again = await send(own, renamed('N', own), headers)
    expect([again.status, again.headers.get('etag')]).toEqual([200, first.headers.get('etag')])
    expect(first.headers.get('etag')).not.toBe(etag)
  })

  it('is forgotten after 24 hours, checked when it is read', async () => {
    const key = newKey()
    const start = world.now().getTime()
    expect((await send(scene, project('daily'), key)).status).toBe(201)
    const sendAt = async (time: number) => {
      world.setTime(new Date(time))
      return send(scene, { ...project('daily'), token: await world.person(mail('admin')) }, key)
    }
    expect((await sendAt(start + 86_400_000 - 1)).status).toBe(201)
    expect((await sendAt(start + 86_400_000)).body.code).toBe('conflict')
    world.setTime(new Date(start))
  })

  it('is nothing to a dry run', async () => {
    const rename = renamed('Dry')
    const key = newKey()
    await send(scene, rename, key)
    const dry = await send(scene, { ...rename, path: `${rename.path}?dryRun=true` }, key)
    expect([dry.status, Object.keys(dry.body)]).toEqual([200, ['changes']])
  })

  const repeated = ['deleteUser', 'removeMember', 'deleteProject', 'createUser', 'createProject']
  it.each(repeated)('that comes again while the first is answered finds the first: %s', async (route) => {
    const own = await seedScene(world)
    const request = await changeAt(own, route)
    const key = newKey()
    const get = world.table.get.bind(world.table)
    let first: Answer | undefined
    // The second has looked its key up when the first is answered.
    world.table.get = async (wanted) => {
      const item = await get(wanted)
      if (wanted.sk === 'KEY' && !first) {
        world.table.get = get
        first = await send(own, request, key)
      }
      return item
    }
    const second = await send(own, request, key)
    expect([second.status, second.text]).toEqual([first?.status, first?.text])
    expect(second.status).toBeLessThan(300)
  })

  it.each(['', ' ', 'a b', 'ä', 'x'.repeat(256)])('is not %j', async (key) => {
    const refused = await send(scene, project('never'), { 'idempotency-key': key })
    expect(refused.body).toMatchObject({ status: 400, errors: [{ pointer: 'Idempotency-Key' }] })
  })

  it('may hold any visible ASCII character', async () => {
    const key = { 'idempotency-key': `"#|${'~'.repeat(252)}` }
    const first = await send(scene, project('hash'), key)
    expect([first.status, (await send(scene, project('hash'), key)).text]).toEqual([201, first.text])
  })
})

it('a change that is overtaken is made again with what is then', async () => {
  const own = await seedScene(world)
  const grant = (name: string) => ({
    method: 'PUT',
    path: `${own.at}/projects/${own.id.web}/members/${own.id.tech}`,
    token: own.token.admin,
    body: { roles: [name] },
  })
  const roles = ['volume:read', 'dns:operate', 'dns:manage', 'full', 'image:read', 'image:operate']
  const answers = await Promise.all(roles.map((name) => send(own, grant(name))))
  expect(answers.map(({ status }) => status)).toEqual(roles.map(() => 200))
  const events = (await own.events()).filter(({ type }) => type === 'membership.granted')
  expect(events).toHaveLength(roles.length + 1)
})

const latin1 = (text: string) => Buffer.from(text).toString('latin1')

describe('a reason', () => {
  let names = 0
  const rename = () => ({ ...renamed(`B${++names}`), token: token.operator })

  it.each([
    [latin1('Größe: 10 € – ok'), 'Größe: 10 € – ok'],
    ['Gr\xf6\xdfe', 'Größe'],
    [encodeURIComponent('10 € – ok'), '10 € – ok'],
    ['100%25 sure %E2%82%AC', '100%25 sure %E2%82%AC'],
    ['x'.repeat(500), 'x'.repeat(500)],
  ])('%s', async (sent, told) => {
    const before = new Set((await scene.events()).map((event) => event.id))
    const answer = await send(scene, rename(), { 'x-reason': sent, 'x-request-id': 'of-the-test' })
    expect(answer.status).toBe(200)
    const [event] = (await scene.events()).filter((each) => !before.has(each.id))
    const actor = { kind: 'operator', id: 'ops' }
    expect(event).toMatchObject({ reason: told, requestId: 'of-the-test', actor })
  })

  it.each(['', ' ', 'x'.repeat(501), latin1('\u0085'), latin1('a\u2028b')])('is not %j', async (sent) => {
    for (const by of [token.operator, token.admin]) {
      const refused = await send(scene, { ...rename(), token: by }, { 'x-reason': sent })
      expect(refused.body).toMatchObject({ status: 400, errors: [{ pointer: 'X-Reason' }] })
    }
  })
})
