import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { Hono } from 'hono'
import { expect, onTestFinished, test } from 'vitest'
import { claimPort } from '../../../infra/local/server.ts'

const named = (name: string) => new Hono().all('*', (c) => c.text(`${name} ${c.req.path}`))

async function claimed() {
  const server = await claimPort(0)
  onTestFinished(server.stop)
  return { server, origin: `http://127.0.0.1:${server.port}` }
}

async function serving() {
  const started = await claimed()
  const app = named('any')
  started.server.serve({
    api: app,
    access: app,
    webhooks: app,
    issuer: (_, response) => response.end(),
    clock: app,
  })
  return started
}

test('until it serves, it answers 503 and when to come again', async () => {
  const { origin } = await claimed()
  const answer = await fetch(`${origin}/healthz`)
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1'])
  expect(await answer.json()).toMatchObject({ code: 'unavailable', status: 503 })
  expect(answer.headers.get('cache-control')).toBe('no-store')
})

test('webhooks, the decision point, the issuer and the clock have their paths, the API has the rest', async () => {
  const { server, origin } = await claimed()
  server.serve({
    api: named('api'),
    access: named('access'),
    webhooks: named('webhooks'),
    issuer: (request, response) => response.end(`issuer ${request.url}`),
    clock: named('clock'),
  })
  const customer = '/v1/customers/ACM000001'
  const paths = [
    '/webhooks/orders',
    '/webhooks',
    '/oidc',
    '/oidc/jwks',
    '/oidcx',
    '/local/clock',
    '/v1/me',
    `${customer}/access/v1/evaluation?x=1`,
    `/.well-known/authzen-configuration${customer}`,
    `${customer}/access/at`,
    `${customer}/access/v1`,
    '/?x=/v1/customers/ACM000001/access/v1/evaluation',
  ]
  const answers = await Promise.all(paths.map(async (path) => (await fetch(origin + path)).text()))
  expect(answers).toEqual([
    'webhooks /webhooks/orders',
    'api /webhooks',
    'issuer /oidc',
    'issuer /oidc/jwks',
    'api /oidcx',
    'clock /local/clock',
    'api /v1/me',
    'access /v1/customers/ACM000001/access/v1/evaluation',
    'access /.well-known/authzen-configuration/v1/customers/ACM000001',
    'api /v1/customers/ACM000001/access/at',
    'api /v1/customers/ACM000001/access/v1',
    'api /',
  ])
})

test.each(['/x/../v1/me', '/v1/./me', '/v1/x/%2e%2E/me', '/v1/x/.%2e', '/v1/..', '/..', '/%2E'])(
  'a path with dots in it, which a URL would make another of, is refused: %s',
  async (target) => {
    const { server } = await serving()
    const socket = connect(server.port, '127.0.0.1')
    socket.end(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /)
  },
)

test.each(['/v1/me?x=/../y', '/v1/a.b/..c/...'])('%s is no such path', async (target) => {
  const { origin } = await serving()
  expect((await fetch(origin + target)).status).toBe(200)
})

test('stopping lets the current request finish and closes connections that are kept alive', async () => {
  const { server, origin } = await claimed()
  const reached = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  const api = new Hono().get('/slow', async (c) => {
    reached.resolve()
    await release.promise
    return c.text('done')
  })
  server.serve({ api, access: api, webhooks: api, issuer: () => {}, clock: api })
  const idle = connect(server.port, '127.0.0.1')
  await once(idle, 'connect')
  const slow = fetch(`${origin}/slow`)
  await reached.promise
  const stopped = server.stop()
  release.resolve()
  expect(await (await slow).text()).toBe('done')
  const start = performance.now()
  await stopped
  expect(performance.now() - start).toBeLessThan(1000)
  await expect(fetch(origin)).rejects.toThrow('fetch failed')
  idle.destroy()
})

test('a port in use is said in one line', async () => {
  const { server } = await claimed()
  await expect(claimPort(server.port)).rejects.toThrow(
    `port ${server.port} of 127.0.0.1 is in use: PORT chooses another`,
  )
})
