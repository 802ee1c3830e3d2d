import { describe, expect, it } from 'vitest'
import { createProvisioning } from '../../../../functions/provisioning/worker.ts'
import { asUser, userItem } from '../../../../shared/records/users.ts'
import { keys } from '../../../../shared/table/keys.ts'
import { recordOf } from '../../provisioning/bare-worker.ts'
import { because, seedScene } from '../changes.ts'
import { startWorld } from '../world.ts'

const world = await startWorld()
const transfer = '/ownership-transfer'
type Scene = Awaited<ReturnType<typeof seedScene>>

async function sceneWithMallory() {
  const scene = await seedScene(world)
  const { customerId, mail } = scene
  const email = mail('mallory')
  await world.event('user.created', { customerId, email, name: 'Mallory', type: 'customer-admin' })
  return { ...scene, mallory: await world.person(email) }
}

const offer = async ({ at, token, id, etag }: Scene) =>
  world.post(`${at}${transfer}`, token.owner, { to: id.admin }, { 'if-match': await etag('') })

async function accept({ at }: Scene, token: string) {
  const seen = await world.ask(`${at}${transfer}`, token)
  const ifMatch = { 'if-match': seen.headers.get('etag') ?? '' }
  return world.send('POST', `${at}${transfer}/accept`, token, undefined, ifMatch)
}

async function retype({ at, id, etag }: Scene, token: string, type: string) {
  const ifMatch = { 'if-match': await etag(`/users/${id.admin}`) }
  return world.send('PUT', `${at}/users/${id.admin}/type`, token, { type }, ifMatch)
}

it('an offer of the ownership is not to whom another admin has put behind the account since', async () => {
  const scene = await sceneWithMallory()
  expect((await offer(scene)).status).toBe(201)
  const user = `${scene.at}/users/${scene.id.admin}`
  await world.send('PATCH', user, scene.mallory, { email: scene.mail('evil') })
  expect((await world.send('DELETE', `${user}/login`, scene.mallory)).status).toBe(204)
  const answer = await accept(scene, await world.person(scene.mail('evil')))
  expect([answer.status, answer.body.code]).toEqual([409, 'conflict'])
})

describe('a login that was unlinked', () => {
  it('stays out until it is invited again, and another may take the invitation', async () => {
    const { at, token, id, mail } = await seedScene(world)
    await world.send('DELETE', `${at}/users/${id.admin}/login`, token.owner)
    expect((await world.ask(`${at}/users`, token.admin)).status).toBe(404)
    await world.send('PATCH', `${at}/users/${id.admin}`, token.owner, { email: mail('admin') })
    expect((await world.ask(`${at}/users`, token.admin)).status).toBe(200)
    await world.send('DELETE', `${at}/users/${id.tech}/login`, token.owner)
    const other = await world.person(mail('tech'), { sub: 'another one' })
    expect((await world.ask('/v1/me', other)).body.items).toHaveLength(1)
  })
})

describe('a user whose types have changed too often', () => {
  it('is still demoted, and gives the ownership away', async () => {
    const scene = await sceneWithMallory()
    const key = keys.user(scene.customerId, scene.id.admin)
    const user = asUser(await world.table.get(key))
    if (!user) throw new Error('the admin is there')
    const [first, ...rest] = user.types
    const before = Array.from({ length: 198 }, (_, place) => ({
      type: place % 2 === 0 ? ('customer-tech' as const) : ('customer-admin' as const),
      at: `2026-01-01T00:00:00.${String(place).padStart(9, '0')}Z#x`,
    }))
    const types = [...before, ...(first ? [first] : []), ...rest]
    await world.table.transact([{ put: userItem({ ...user, types }), expectedVersion: user.version }])
    await offer(scene)
    expect((await accept(scene, scene.token.admin)).status).toBe(200)
    const { at, token, id } = scene
    const headers = { ...because, 'if-match': await scene.etag('', token.operator) }
    const forced = await world.post(`${at}${transfer}/force`, token.operator, { to: id.owner }, headers)
    expect(forced.status).toBe(200)
    expect((await retype(scene, scene.token.owner, 'customer-tech')).status).toBe(200)
    expect((await retype(scene, scene.token.owner, 'customer-admin')).body.code).toBe('quota')
  })
})

describe('a deletion whose delivery failed long ago', () => {
  it('takes nothing that was made since under the same name', async () => {
    const { customerId, at, mail } = await seedScene(world)
    const { provisioning, deliver, wake } = await startProvisioning(customerId)
    for (const id of ['first', 'second']) {
      await deliver(`user-${id}`, 'user.deleted', { user: mail('tech') })
      await deliver(`project-${id}`, 'project.deleted', { name: 'web' })
    }
    const longAfter = world.now().getTime() + 20 * 86_400_000
    world.setTime(new Date(longAfter))
    await provisioning.sweep()
    const owner = await world.person(mail('owner'))
    const body = { email: mail('tech'), name: 'New', type: 'customer-tech' }
    const user = await world.post(`${at}/users`, owner, body)
    const project = await world.post(`${at}/projects`, owner, { name: 'web' })
    await wake(keys.email(customerId, mail('tech')), keys.projectName(customerId, 'web'))
    const operator = await world.operator()
    // Whoever had the name before is known to be gone since then, as the deletion said while it waited.
    for (const delivery of ['user-second', 'project-second']) {
      const read = await world.ask(`/v1/deliveries/orders/${delivery}`, operator)
      expect([delivery, read.body.status]).toEqual([delivery, 'superseded'])
    }
    expect((await world.ask(`${at}/users/${String(user.body.id)}`, owner)).status).toBe(200)
    expect((await world.ask(`${at}/projects/${String(project.body.id)}`, owner)).status).toBe(200)
  })
})

it('nobody is linked at a closed customer', async () => {
  const { customerId, at, token, mail, events, etag } = await seedScene(world)
  const email = mail('late')
  await world.event('user.created', { customerId, email, name: 'Late', type: 'customer-tech' })
  const seen = { ...because, 'if-match': await etag('') }
  expect((await world.send('POST', `${at}/close`, token.operator, undefined, seen)).status).toBe(200)
  const before = (await events()).length
  expect((await world.ask('/v1/me', await world.person(email))).body.items).toEqual([])
  expect((await world.ask(at, await world.person(email))).status).toBe(404)
  expect((await events()).length).toBe(before)
})

const sources = () => ({ orders: {} })

async function startProvisioning(customerId: string) {
  const { table } = world
  const provisioning = createProvisioning({ table, sources, customerIdPattern: /./, log: () => {} })
  return {
    provisioning,
    deliver: async (id: string, type: string, data: object) => {
      await world.deliver(id, type, { customerId, ...data })
      await provisioning.sweep(60_000)
    },
    wake: (...written: Parameters<typeof recordOf>[0][]) =>
      provisioning.onStream({ Records: written.map((key, place) => recordOf(key, place + 1)) }),
  }
}
