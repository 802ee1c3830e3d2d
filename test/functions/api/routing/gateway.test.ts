import { describe, expect, it } from 'vitest'
import { documentedRoutes as routes } from '../../../../infra/openapi/documented.ts'
import { toLambda } from '../../../../functions/api/routing/lambda-response.ts'
import { isLong } from '../../../support/long.ts'
import { because, seedScene } from '../changes.ts'
import { filled } from '../changes/route-requests.ts'
import { eventOf } from '../fuzz/send-in-process.ts'
import { startWorld } from '../world.ts'

const world = await startWorld()
const { digest } = world
const scene = await seedScene(world)
const lambda = toLambda(world.app)
await world.deliver('d1', 'user.deleted', { customerId: scene.customerId, user: scene.mail('tech') })
const ids: Record<string, string> = {
  c: scene.customerId,
  u: scene.id.tech,
  p: scene.id.web,
  s: 'vps-1',
  r: await scene.review(),
  i: `${scene.id.tech}.project.${scene.id.web}`,
  source: 'orders',
  id: 'd1',
}
const headers = { ...because, 'content-type': 'application/json' }

type Event = Parameters<typeof lambda>[0]

function send(method: string, rawPath: string, more: Partial<Event> = {}, token = scene.token.operator) {
  const draft = { method, target: '/', body: Buffer.from('{}'), headers: Object.entries(headers) }
  const event = eventOf(draft, 'as sent')
  const { http } = event.requestContext
  return lambda({
    ...event,
    rawPath,
    requestContext: { ...event.requestContext, http: { ...http, path: rawPath } },
    headers: { ...event.headers, authorization: `Bearer ${token}` },
    ...more,
  })
}

const named = routes.filter(({ path }) => path.includes('{'))

/** What comes in the place of an identifier, as its sender has encoded it. */
const spellings: Record<string, (id: string) => string> = {
  'a number sign': (id) => `${id}%23old`,
  'a question mark': (id) => `${id}%3Fold`,
  'a query': (id) => `${id}%3FdryRun=true`,
  'a slash': (id) => `${id}%2Fold`,
  'two slashes': (id) => `${id}%2F%2F`,
  'dots up': (id) => `${id}%2Fold%2F%2e%2e`,
  'dots to it': (id) => `old%2F%2E%2E%2F${id}`,
  'dots alone': () => '%2e%2e',
  'a dot alone': () => '%2e',
  'a dot before it': (id) => `%2e%2F${id}`,
  'a backslash': (id) => `${id}%5Cold`,
  'backslashes and dots': (id) => `old%5C..%5C${id}`,
  'an escape': (id) => `${id}%2523old`,
  'an escaped escape': (id) => `${id}%252523old`,
  'an escaped slash': (id) => `old%252F..%252F${id}`,
  'escaped dots': (id) => `old%252F%252e%252e%252F${id}`,
  'half an escape': (id) => `${id}%25`,
  'a tab': (id) => `${id}%09`,
  'a line break': (id) => `${id}%0D%0Aold`,
  'a line break within': (id) => `${id.slice(0, 2)}%0A${id.slice(2)}`,
  NUL: (id) => `${id}%00`,
  DEL: (id) => `${id}%7F`,
  'a space': (id) => `${id}%20`,
  'a space before': (id) => `%20${id}`,
  'a plus': (id) => `${id}%2B`,
  'a semicolon': (id) => `${id};old`,
  'an at sign': (id) => `old@${id}`,
  'a colon': (id) => `${id}:old`,
  'an accent': (id) => `${id}%C3%A9`,
  'a full-width dot': (id) => `old%2F%EF%BC%8E%EF%BC%8E%2F${id}`,
  'nothing that is seen': (id) => `${id}%E2%80%8B`,
  'half a character': (id) => `${id}%ED%A0%80`,
  'nothing at all': () => '',
  'a slash after it': (id) => `${id}/`,
  'a slash before it': (id) => `/${id}`,
}

/** The path as it is sent, decoded once, and twice, where that isn't what is right. */
function decodings(sent: string, right: string): string[] {
  const once = decodedOnce(sent)
  return [...new Set([sent, once, decodedOnce(once)])].filter((path) => path !== right)
}

function decodedOnce(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return Buffer.from(
      path.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    ).toString()
  }
}

/**
 * The paths of a route with one of its identifiers spelled like that, as an HTTP API may hand them over: what the route is
 * about, which is named last; in a long run also one of the others in turn.
 */
function pathsOf({ path }: { path: string }, turn: number): string[] {
  const [, spell = String] = Object.entries(spellings)[turn] ?? []
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  const chosen = new Set([names.at(-1) ?? '', ...(isLong ? [names[turn % names.length] ?? ''] : [])])
  return [...chosen].flatMap((name) => {
    const sent = filled(path.replace(`{${name}}`, spell(ids[name] ?? '')), ids)
    return decodings(sent, filled(path, ids))
  })
}

const isOfAnother = (path: string) => routes.some((route) => patternOf(route.path).test(path))
const patternOf = (path: string) =>
  new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[A-Za-z0-9._-]+')}$`)

describe('the path that an HTTP API hands over', () => {
  it.each(Object.keys(spellings).map((name, turn) => [name, turn] as const))(
    'with %s in the place of an identifier: 404, and nothing is changed',
    async (_name, turn) => {
      const before = await digest()
      const found: string[] = []
      for (const route of named) {
        for (const path of pathsOf(route, turn)) {
          // "web%2Fmembers" can't be told from "web/members": that is why identifiers have no slashes.
          if (isOfAnother(path)) continue
          const { statusCode } = await send(route.method.toUpperCase(), path)
          if (statusCode !== 404) found.push(`${route.method} ${path} → ${statusCode}`)
        }
      }
      expect(found).toEqual([])
      expect(await digest()).toBe(before)
    },
  )

  it('is what it is where nothing has to be decoded', async () => {
    for (const path of [scene.at, `${scene.at}/servers/vps-1`, `${scene.at}/users/${scene.id.tech}`]) {
      for (const more of [{}, { pathParameters: {} }, { pathParameters: { proxy: path.slice(1) } }]) {
        expect((await send('GET', path, more)).statusCode).toBe(200)
      }
    }
  })

  it('that was cut at a question mark is refused where the parameters have the rest', async () => {
    const before = await digest()
    for (const rest of ['?old', '%3Fold', '%253Fold', '#old']) {
      const proxy = `${scene.at}/servers/vps-1${rest}`.slice(1)
      const answer = await send('DELETE', `${scene.at}/servers/vps-1`, { pathParameters: { proxy } })
      expect(answer.statusCode).toBe(404)
    }
    expect(await digest()).toBe(before)
  })

  it('may be anything, and is no other host', async () => {
    for (const rawPath of [
      '',
      'x',
      '.evil.example/v1/me',
      '@evil.example/v1/me',
      ':80/v1/me',
      '/'.repeat(9000),
    ]) {
      expect((await send('GET', rawPath)).statusCode).toBe(404)
    }
  })

  it('is refused in the shape of its place', async () => {
    const decision = await send('POST', `${scene.at}#/access/v1/evaluation`, {
      headers: { 'x-request-id': 'any "text"' },
    })
    expect([decision.statusCode, JSON.parse(decision.body)]).toEqual([404, 'There is no such route.'])
    expect(decision.headers).toMatchObject({ 'x-request-id': 'any "text"', 'cache-control': 'no-store' })
    const other = await send('GET', `${scene.at}#/users`)
    expect(JSON.parse(other.body)).toMatchObject({ code: 'not-found', status: 404 })
  })
})

it('a number sign in the query cuts off nothing', async () => {
  const before = await digest()
  const answer = await send('DELETE', `${scene.at}/servers/vps-1`, { rawQueryString: 'x=#&dryRun=true' })
  expect(answer.statusCode).toBe(400)
  expect(await digest()).toBe(before)
})
