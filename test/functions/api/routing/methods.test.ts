import { describe, expect, it } from 'vitest'
import { documentedRoutes as routes } from '../../../../infra/openapi/documented.ts'
import { seedScene } from '../changes.ts'
import { startWorld } from '../world.ts'

const world = await startWorld()
const scene = await seedScene(world)
const paths = [...new Set(routes.map(({ path }) => path))]
const filled = (path: string) => path.replace('{c}', scene.customerId).replaceAll(/\{\w+\}/g, 'x')
const methodsOf = (path: string) =>
  routes.filter((route) => route.path === path).map(({ method }) => method.toUpperCase())
/** What `Allow` has to list. */
const allowed = (path: string): string[] => {
  const own = methodsOf(path)
  return [...own, ...(own.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort()
}
const listed = (headers: Headers) => headers.get('allow')?.split(', ').sort()

describe.each(paths)('%s', (path) => {
  it('takes its methods and tells so, whoever asks, without a look at anything', async () => {
    const requests = await world.requestsOf(async () => {
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'FOO', 'PROPFIND', 'query']) {
        if (allowed(path).includes(method)) continue
        const { status, headers, body } = await world.ask(filled(path), undefined, { method })
        expect([method, status, listed(headers)]).toEqual([method, 405, allowed(path)])
        expect(headers.get('cache-control')).toBe('no-store')
        expect(headers.get('accept-patch')).toBe(
          methodsOf(path).includes('PATCH') ? 'application/json' : null,
        )
        const shape = typeof body === 'string' ? 'text' : body.code
        const expected = path.includes('/access/v1/') ? 'text' : 'method-not-allowed'
        expect(shape).toBe(method === 'HEAD' ? undefined : expected)
      }
    })
    expect(requests).toEqual([])
  })

  it('answers OPTIONS without a token', async () => {
    const { status, headers, text } = await world.ask(filled(path), undefined, { method: 'OPTIONS' })
    expect([status, text, listed(headers)]).toEqual([204, '', allowed(path)])
    expect(headers.get('accept-patch')).toBe(methodsOf(path).includes('PATCH') ? 'application/json' : null)
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
  })
})

it.each(['/v1/nothing', '/v1/customers/x/y', '/v1/me/', '/V1/me', '/'])('%s takes nothing', async (path) => {
  for (const method of ['GET', 'POST', 'OPTIONS']) {
    const { status, headers } = await world.ask(path, undefined, { method })
    expect([status, headers.get('allow')]).toEqual([404, null])
  }
})

describe('a body that is not JSON', () => {
  const patches = ['application/merge-patch+json', 'application/json-patch+json']
  it.each(['text/plain', ...patches, 'application/xml', ''])(
    'is refused as %j, and what would do is told',
    async (type) => {
      const headers = { 'content-type': type, 'x-reason': 'tests' }
      const { token, at } = scene
      for (const [method, path] of [
        ['PATCH', at],
        ['PATCH', `${at}/users/${scene.id.tech}`],
        ['PATCH', `${at}/projects/${scene.id.web}`],
        ['POST', `${at}/users`],
        ['PUT', `${at}/contact`],
        // What takes no body takes none of another type either.
        ['POST', `${at}/suspend`],
        ['DELETE', `${at}/servers/vps-1`],
      ] as const) {
        const answer = await world.send(method, path, token.operator, '{}', headers)
        expect([path, answer.status, answer.body.code]).toEqual([path, 415, 'unsupported-media-type'])
        expect(answer.headers.get('accept')).toBe('application/json')
        expect(answer.headers.get('accept-patch')).toBe(method === 'PATCH' ? 'application/json' : null)
      }
    },
  )

  it('is none where there is no body', async () => {
    const headers = { 'content-type': 'text/plain', 'x-reason': 'tests' }
    const path = `${scene.at}/suspend?dryRun=true`
    const answer = await world.ask(path, scene.token.operator, { method: 'POST', headers })
    expect(answer.status).toBe(200)
  })
})
