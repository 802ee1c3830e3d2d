import { describe, expect, it } from 'vitest'
import { seedScene } from '../changes.ts'
import { startWorld } from '../world.ts'

const origin = 'https://panel.example'
const world = await startWorld({ corsOrigins: [origin, 'https://other.example:8443'] })
const scene = await seedScene(world)

const preflight = (path: string, from: string, method = 'PATCH') =>
  world.ask(path, undefined, {
    method: 'OPTIONS',
    headers: {
      origin: from,
      'access-control-request-method': method,
      'access-control-request-headers': 'authorization,content-type,if-match',
    },
  })
const controls = (headers: Headers) =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')))

describe('a preflight', () => {
  it.each([origin, 'https://other.example:8443'])('of %s is told what scripts may send', async (from) => {
    const { status, headers, text } = await preflight(scene.at, from)
    expect([status, text]).toEqual([204, ''])
    expect(controls(headers)).toEqual({
      'access-control-allow-origin': from,
      'access-control-allow-methods': 'GET, HEAD, PATCH, OPTIONS',
      'access-control-allow-headers':
        'Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, X-Consistency-Token, X-Reason, X-Request-Id',
      'access-control-max-age': '600',
    })
    expect(headers.get('vary')).toContain('Origin')
    expect(headers.get('x-request-id')).not.toBeNull()
  })

  const strangers = [
    ['https://evil.example', 'http://panel.example', 'https://panel.example:8443', 'https://panel.example/'],
    ['https://PANEL.example', 'https://panel.example.evil.example', 'https://sub.panel.example'],
    ['null', '*', ''],
  ]
  it.each(strangers.flat())('of %j is told nothing', async (from) => {
    const { status, headers } = await preflight(scene.at, from)
    expect([status, controls(headers)]).toEqual([204, {}])
    expect(headers.get('vary')).toContain('Origin')
  })

  it('of what is not there finds nothing, and may see that', async () => {
    const { status, headers } = await preflight('/v1/nothing', origin)
    expect([status, headers.get('access-control-allow-origin')]).toEqual([404, origin])
  })
})

describe('an answer', () => {
  it.each([
    ['of a resource', '', 200],
    ['that refuses', '/users/usr_1', 404],
  ])('%s may be read by scripts, with what its headers say', async (_of, path, status) => {
    const headers = { origin }
    const answer = await world.ask(scene.at + path, scene.token.owner, { headers })
    expect(answer.status).toBe(status)
    expect(controls(answer.headers)).toEqual({
      'access-control-allow-origin': origin,
      'access-control-expose-headers':
        'Accept-Patch, Allow, ETag, Location, Retry-After, WWW-Authenticate, X-Consistency-Token, X-Request-Id',
    })
    expect(answer.headers.get('vary')?.split(', ').sort()).toEqual(['Authorization', 'Origin'])
  })

  const unowned = ['/v1/me', '/v1/nothing', '/.well-known/jwks.json']
  it.each(unowned)('of %s to another origin is for no script', async (path) => {
    for (const headers of [{ origin: 'https://evil.example' }, {}]) {
      const answer = await world.ask(path, undefined, { headers })
      expect(controls(answer.headers)).toEqual({})
      expect(answer.headers.get('vary')).toContain('Origin')
    }
  })

  it('without a token tells a script where to get one', async () => {
    const answer = await world.ask('/v1/me', undefined, { headers: { origin } })
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([401, origin])
  })
})
