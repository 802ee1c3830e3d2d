import { beforeAll, describe, expect, it } from 'vitest'
import { documentedRoutes as routes } from '../../../../infra/openapi/documented.ts'
import { mailboxHash } from '../../../../shared/mail/set-opt-out.ts'
import {
  because,
  changeAt,
  type ChangeRequest,
  offered,
  readerOf,
  type Scene,
  seedScene,
  send,
} from '../changes.ts'
import { filled, taggedPlace } from './route-requests.ts'
import { optOut, startWorld } from '../world.ts'

const world = await startWorld()
const { digest } = world
const scene = await seedScene(world)
const { at, token, id } = scene
await offered(scene)
await world.deliver('precondition', 'user.deleted', { customerId: scene.customerId, user: 'x@scene.example' })
const ids: Record<string, string> = {
  c: scene.customerId,
  u: id.tech,
  p: id.web,
  s: 'vps-1',
  r: await scene.review(),
  i: `${id.tech}.project.${id.web}`,
  t: optOut.sign(mailboxHash('x@scene.example')),
  source: 'orders',
  id: 'precondition',
}
const reads = routes.filter(({ method }) => method === 'get')

/** One of each kind: Hono makes a HEAD of any GET. */
const alsoByHead = ['readCustomer', 'listUsers', 'checkHealth', 'exportCustomer']

describe.each(['GET', 'HEAD'])('%s', (method) => {
  const requiredQuery: Record<string, string> = {
    listAccessAt: `?time=${world.now().toISOString()}&resource=project/main`,
  }
  const tried = reads.filter(({ id: name }) => method === 'GET' || alsoByHead.includes(name))
  it.each(tried)('$id', async ({ id: name, path, response: answer }) => {
    const ask = async (headers: Record<string, string>) => {
      const authorization = `Bearer ${name === 'readMailPreference' ? token.tech : token.operator}`
      const init = { method, headers: { ...headers, authorization } }
      const response = await world.app.request(`${filled(path, ids)}${requiredQuery[name] ?? ''}`, init)
      return { status: response.status, text: await response.text(), etag: response.headers.get('etag') }
    }
    const { status, etag } = await ask({})
    expect([status, etag !== null]).toEqual([200, answer.etag === true])
    const tag = etag ?? '"none"'
    const isKnown = etag !== null && !path.endsWith('review-policy')
    const statuses: [headers: Record<string, string>, status: number][] = [
      [{ 'if-none-match': `"x", W/${tag}` }, isKnown ? 304 : 200],
      [{ 'if-none-match': '*' }, 304],
      [{ 'if-match': tag }, etag === null ? 412 : 200],
      [{ 'if-match': '"x"' }, 412],
      [{ 'if-match': 'x' }, 400],
      [{ 'if-modified-since': new Date(9e12).toUTCString() }, 200],
    ]
    for (const [headers, expected] of statuses) {
      const told = await ask(headers)
      expect([headers, told.status]).toEqual([headers, expected])
      expect(told.text === '').toBe(told.status === 304 || method === 'HEAD')
      expect(told.etag).toBe(told.status < 400 ? etag : null)
    }
  })
})

it('nothing is said of preconditions where the answer is another refusal', async () => {
  const stale = { 'if-match': '"stale"', 'if-none-match': '*' }
  const none = await world.person('nobody@scene.example')
  const paths: [path: string, token: string | undefined, status: number][] = [
    [at, undefined, 401],
    [`${at}/billing`, token.tech, 403],
    [at, none, 404],
    [`${at}/projects/prj_01ARZ3NDEKTSV4RRFFQ69G5FAV`, token.owner, 404],
    [`${at}/users?x=1`, token.owner, 400],
  ]
  for (const [path, by, status] of paths) {
    expect((await world.ask(path, by, { headers: stale })).status).toBe(status)
  }
  const changing: [method: string, path: string, by: string | undefined, body: unknown, status: number][] = [
    ['PUT', `${at}/servers/vps-1`, undefined, { hostname: 'a' }, 401],
    ['PUT', `${at}/servers/vps-1`, token.owner, { hostname: 'a' }, 403],
    ['PUT', `${at}/servers/vps-1`, token.operator, { hostname: 'a b' }, 400],
    ['PATCH', `${at}/users/usr_01ARZ3NDEKTSV4RRFFQ69G5FAV`, token.owner, { name: 'N' }, 404],
    ['DELETE', `${at}/projects/main`, token.owner, undefined, 409],
  ]
  for (const [method, path, by, body, status] of changing) {
    expect((await world.send(method, path, by, body, { ...because, ...stale })).status).toBe(status)
  }
})

describe('a change', () => {
  type Prepared = { own: Scene; request: ChangeRequest; etag: string | undefined }
  const prepared = new Map<string, Prepared>()
  let before: string
  const of = (route: string): Prepared => {
    const found = prepared.get(route)
    if (!found) throw new Error(`${route} was not prepared`)
    return found
  }

  beforeAll(async () => {
    for (const { id: route } of changing) {
      const own = await seedScene(world)
      const request = await changeAt(own, route)
      const etag = (await own.etagAt(taggedPlace(request), readerOf(route, own))) || undefined
      prepared.set(route, { own, request, etag })
    }
    before = await digest()
  }, 60_000)

  const changing = routes.filter((route) => route.changes)
  it.each(changing)('$id is refused where one of them is not met', async ({ id: route, ifMatch }) => {
    const { own, request, etag } = of(route)
    const isThere = etag !== undefined || ifMatch === undefined
    const given = request.headers?.['if-match']
    const match = ifMatch === 'required' && given ? given : '*'
    const statuses: [headers: Record<string, string>, status: number | undefined][] = [
      [{ 'if-match': '"stale"' }, 412],
      [{ 'if-match': `W/${etag ?? '"x"'}` }, 412],
      [{ 'if-match': 'x' }, 400],
      [{ 'if-match': match, 'if-none-match': '*' }, 412],
      [{ 'if-none-match': '*' }, isThere ? 412 : undefined],
      [{ 'if-none-match': `"x", W/${etag ?? '"y"'}` }, etag === undefined ? undefined : 412],
      [{ 'if-match': '*' }, ifMatch === 'required' ? 428 : isThere ? undefined : 412],
    ]
    for (const [headers, status] of statuses) {
      // What passes is only tried.
      const path = status === undefined ? `${request.path}?dryRun=true` : request.path
      const answer = await send(own, { ...request, path }, headers)
      expect([headers, answer.status]).toEqual([headers, status ?? 200])
    }
    const dry = { ...request, path: `${request.path}?dryRun=true` }
    expect((await send(own, dry, { 'if-match': '"stale"' })).status).toBe(412)
  })

  const matching = changing.filter(({ ifMatch }) => ifMatch === 'required')
  it.each(matching)('$id is refused without If-Match', async ({ id: route }) => {
    const { own, request } = of(route)
    const { 'if-match': _, ...headers } = request.headers ?? {}
    expect((await send(own, { ...request, headers })).status).toBe(428)
  })

  it('none of these changed anything', async () => {
    expect(await digest()).toBe(before)
  })

  it.each(changing)('$id happens where all of them are met', async ({ id: route, response: answer }) => {
    const { own, request, etag } = of(route)
    const headers = {
      'if-unmodified-since': new Date(0).toUTCString(),
      'if-modified-since': new Date(9e12).toUTCString(),
      'if-none-match': 'W/"x", "y"',
      ...(etag !== undefined && { 'if-match': `"x", ${etag}` }),
    }
    expect((await send(own, request, headers)).status).toBe(answer.alsoStatus ?? answer.status)
  })
})

/** A header in several lines. */
async function inLines(name: string, ...values: string[]) {
  const headers = new Headers({ authorization: `Bearer ${token.operator}` })
  for (const value of values) headers.append(name, value)
  return (await world.app.request(at, { headers })).status
}

it('several lines of a header are one list', async () => {
  const etag = await scene.etag('')
  expect(await inLines('if-match', '"x"', etag)).toBe(200)
  expect(await inLines('if-none-match', '"x"', etag)).toBe(304)
  expect(await inLines('if-match', '*', etag)).toBe(400)
})
