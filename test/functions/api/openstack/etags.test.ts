import { expect, test } from 'vitest'
import { because, seedScene } from '../changes.ts'
import { settle, writeRecord } from './worker.ts'
import { startWorld } from '../world.ts'

const world = await startWorld({ openstack: true })
const scene = await seedScene(world)
const { customerId, at, token, id } = scene
await settle(world.table, customerId)

const web = `/projects/${id.web}`
const change = (method: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
  world.send(method, `${at}${path}`, token.operator, body, { ...because, ...headers })
const askAgain = (path: string, etag: string) =>
  world.ask(`${at}${path}`, token.owner, { headers: { 'if-none-match': etag } })

async function create(name: string) {
  const { headers, body } = await change('POST', '/projects', { name })
  return { projectId: String(body.id), path: `/projects/${String(body.id)}`, etag: headers.get('etag') ?? '' }
}

test('an ETag does not change with the state in OpenStack', async () => {
  const { projectId, path, etag } = await create('one')
  const etags = [etag, await scene.etag(path)]
  await writeRecord(world.table, customerId, projectId)
  etags.push(await scene.etag(path))
  await writeRecord(world.table, customerId, projectId, { state: 'failed', error: 'x' })
  etags.push(await scene.etag(path))
  expect(new Set(etags).size).toBe(1)
})

test.each([
  ['PATCH', { description: 'x' }, 200],
  ['DELETE', undefined, 204],
])(
  'the ETag of the creation is good for a %s after the project became ready',
  async (method, body, status) => {
    const { projectId, path, etag } = await create(method)
    await writeRecord(world.table, customerId, projectId)
    expect((await change(method, path, body, { 'if-match': etag })).status).toBe(status)
  },
)

test('an ETag is stale after a change of the project all the same', async () => {
  const etag = await scene.etag(web)
  await change('PATCH', web, { description: 'x' })
  expect((await change('PATCH', web, { description: 'y' }, { 'if-match': etag })).status).toBe(412)
})

test('If-None-Match never hides that the state in OpenStack has changed', async () => {
  const etag = await scene.etag(web)
  const again = await askAgain(web, etag)
  expect([again.status, again.headers.get('etag')]).toEqual([200, etag])
  // Who says so has nothing that could be out of date.
  expect((await askAgain(web, '*')).status).toBe(304)
})

test.each([
  ['the Main project', '/projects/main'],
  ['the customer', ''],
  ['a server', '/servers/vps-1'],
])('If-None-Match is enough for what has no state in OpenStack: %s', async (_name, path) => {
  expect((await askAgain(path, await scene.etag(path))).status).toBe(304)
})
