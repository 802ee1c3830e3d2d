import { describe, expect, it } from 'vitest'
import { because, type Scene, seedScene } from '../changes.ts'
import { type Answer, startWorld } from '../world.ts'

const world = await startWorld()
const { digest } = world
const memberPath = ({ id }: Scene) => `/projects/${id.old}/members/${id.tech}`
const assignmentPath = ({ id }: Scene) => `/servers/vps-1/assignments/${id.admin}`

describe('If-None-Match: * creates only', () => {
  const only = { 'if-none-match': '*' }
  const places: [name: string, path: (of: Scene) => string, body: unknown, other: unknown][] = [
    ['a server', () => '/servers/new', { hostname: 'a.example' }, { hostname: 'b.example' }],
    ['a membership', memberPath, { roles: ['full'] }, { roles: ['dns:read'] }],
    ['an assignment', assignmentPath, { capabilities: [] }, { capabilities: ['power'] }],
  ]
  const put = (own: Scene, path: string, body: unknown, headers: Record<string, string> = {}) =>
    world.send('PUT', `${own.at}${path}`, own.token.operator, body, { ...because, ...only, ...headers })

  it.each(places)('%s, once', async (_name, pathOf, body, other) => {
    const own = await seedScene(world)
    const path = pathOf(own)
    const key = { 'idempotency-key': `create-${own.customerId}` }
    const created = await put(own, path, body, key)
    expect(created.status).toBe(201)
    const written = await digest()
    for (const again of [body, other]) {
      const refused = await put(own, path, again)
      expect([refused.status, refused.body.code]).toEqual([412, 'stale'])
    }
    // The very same request again is told what it was told.
    expect((await put(own, path, body, key)).text).toBe(created.text)
    expect(await digest()).toBe(written)
    const shown = await world.ask(`${own.at}${path}`, own.token.operator)
    expect([shown.text, shown.headers.get('etag')]).toEqual([created.text, created.headers.get('etag')])
  })

  it.each(places)('%s, by whoever commits first of two', async (_name, pathOf, body, other) => {
    const own = await seedScene(world)
    const path = pathOf(own)
    const [first, second] = await overtaken(
      () => put(own, path, body),
      () => put(own, path, other),
    )
    expect([first?.status, second.status]).toEqual([201, 412])
    expect((await world.ask(`${own.at}${path}`, own.token.operator)).text).toBe(first?.text)
  })

  it.each(places)('%s, again once it is gone', async (_name, pathOf, body) => {
    const own = await seedScene(world)
    const path = pathOf(own)
    await put(own, path, body)
    await world.send('DELETE', `${own.at}${path}`, own.token.operator, undefined, because)
    expect((await put(own, path, body)).status).toBe(201)
  })

  it('not a membership that is there by type', async () => {
    const own = await seedScene(world)
    const path = `/projects/${own.id.web}/members/${own.id.admin}`
    expect((await put(own, path, { roles: ['dns:read'] })).status).toBe(412)
  })
})

it('If-Match counts until the commit: of two that have seen the same, one changes it', async () => {
  const own = await seedScene(world)
  const path = `${own.at}/servers/vps-1`
  const headers = { ...because, 'if-match': await own.etag('/servers/vps-1', own.token.operator) }
  const put = (hostname: string) => world.send('PUT', path, own.token.operator, { hostname }, headers)
  const [first, second] = await overtaken(
    () => put('a.example'),
    () => put('b.example'),
  )
  expect([first?.status, second.status]).toEqual([200, 412])
})

type Request = () => Promise<Answer>

/** Does the first when the second has been planned and isn't committed yet. */
async function overtaken(meanwhile: Request, request: Request): Promise<[Answer | undefined, Answer]> {
  const { table } = world
  const transact = table.transact.bind(table)
  let first: Answer | undefined
  table.transact = async (writes) => {
    table.transact = transact
    first = await meanwhile()
    return transact(writes)
  }
  const second = await request()
  return [first, second]
}
