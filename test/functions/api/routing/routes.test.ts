import { expect, it } from 'vitest'
import { documentedRoutes as routes } from '../../../../infra/openapi/documented.ts'
import { seedScene } from '../changes.ts'
import { startWorld } from '../world.ts'

const world = await startWorld()
const scene = await seedScene(world)

it('every route is there once, under a name of its own', () => {
  const places = routes.map(({ method, path }) => `${method} ${path}`)
  expect(new Set(places).size).toBe(routes.length)
  expect(new Set(routes.map(({ id }) => id)).size).toBe(routes.length)
  expect(routes.map(({ id }) => id).filter((id) => !/^[a-z]+([A-Z][a-z]*)*$/.test(id))).toEqual([])
})

/** Ways to write a path that are not, or not quite, the path. */
const spellings: [name: string, spell: (path: string) => string][] = [
  ['with a slash at its end', (path) => `${path}/`],
  ['with two slashes', (path) => path.replace('/v1/', '/v1//')],
  ['beginning with two slashes', (path) => `/${path}`],
  ['in capitals', (path) => path.toUpperCase()],
  ['encoded', (path) => path.replaceAll(/[a-z]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)],
  ['with an encoded slash', (path) => path.replace(/\/([^/]*)$/, '%2f$1')],
  ['with a matrix parameter', (path) => `${path};a=b`],
  ['with dots', (path) => path.replace('/v1/', '/v1/x/../')],
  ['with encoded dots', (path) => path.replace('/v1/', '/v1/%2e%2e/v1/')],
  ['with NUL', (path) => `${path}%00`],
  ['overlong', (path) => path.replace('/v1/', '/v1%c0%af')],
  ['with half an escape', (path) => `${path}%`],
  ['with bad UTF-8', (path) => `${path}%ff%fe`],
  ['with a backslash', (path) => path.replace('/v1/', '/v1\\')],
]

it.each(spellings)('a path %s is found or not, and nothing worse', async (_name, spell) => {
  const ids = {
    c: scene.customerId,
    u: scene.id.tech,
    p: scene.id.web,
    s: 'vps-1',
    r: await scene.review(),
    i: `${scene.id.tech}.project.${scene.id.web}`,
    source: 'orders',
    id: 'x',
  }
  for (const { method, path } of routes) {
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: keyof typeof ids) => ids[name])
    const answer = await world.send(method.toUpperCase(), spell(filled), scene.token.owner)
    expect([200, 204, 400, 403, 404, 405, 409, 415, 428]).toContain(answer.status)
    const isProblem = answer.headers.get('content-type') === 'application/problem+json'
    expect(isProblem || answer.status < 300 || path.includes('/access/')).toBe(true)
  }
})

it('HEAD answers as GET, without a body', async () => {
  const headers = { authorization: `Bearer ${scene.token.owner}` }
  const head = await world.app.request(scene.at, { method: 'HEAD', headers })
  const get = await world.ask(scene.at, scene.token.owner)
  expect([head.status, await head.text(), head.headers.get('etag')]).toEqual([
    200,
    '',
    get.headers.get('etag'),
  ])
})
