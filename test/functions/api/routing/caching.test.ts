import { describe, expect, it, vi } from 'vitest'
import { acme, startAcme } from '../acme.ts'

const { world, at, tokens } = await startAcme()
const { owner } = tokens

const common = {
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=63072000',
  'x-content-type-options': 'nosniff',
}

describe('an answer that is the same for everybody may be kept', () => {
  it.each([
    ['/openapi.json', 300],
    ['/.well-known/jwks.json', 300],
    ['/.well-known/oauth-protected-resource', 3600],
    [`/.well-known/authzen-configuration/v1/customers/${acme}`, 3600],
  ])('%s for %i seconds', async (path, seconds) => {
    for (const method of ['GET', 'HEAD']) {
      const { status, headers } = await world.ask(path, undefined, { method })
      expect(status).toBe(200)
      expect(Object.fromEntries(headers)).toMatchObject({
        ...common,
        'cache-control': `public, max-age=${seconds}`,
      })
      expect(headers.get('vary')).toBeNull()
    }
  })

  it('but not that there is none', async () => {
    const { status, headers } = await world.ask('/.well-known/authzen-configuration/v1/customers/nobody')
    expect([status, headers.get('cache-control')]).toEqual([404, 'no-store'])
  })
})

describe('anything else is kept by nobody', () => {
  it.each([
    ['GET', at, 200],
    ['GET', `${at}/users`, 200],
    ['GET', '/v1/me', 200],
    ['GET', '/healthz', 200],
    ['GET', `${at}/users/usr_1`, 404],
    ['GET', '/v1/customers', 403],
    ['GET', '/v1/nothing', 404],
    ['PUT', '/v1/me', 405],
    ['OPTIONS', '/v1/me', 204],
    ['POST', `${at}/projects`, 415],
    ['GET', `${at}?x=1`, 400],
  ])('%s %s: %i', async (method, path, status) => {
    const answer = await world.ask(path, owner, { method, ...(method === 'POST' && { body: 'x' }) })
    expect(answer.status).toBe(status)
    const expected = { ...common, 'cache-control': 'no-store', vary: 'Authorization' }
    expect(Object.fromEntries(answer.headers)).toMatchObject(expected)
  })

  it('nor that it has not changed', async () => {
    const etag = (await world.ask(at, owner)).headers.get('etag') ?? ''
    const { status, headers } = await world.ask(at, owner, { headers: { 'if-none-match': etag } })
    expect(status).toBe(304)
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      vary: 'Authorization',
      etag,
    })
  })

  it('nor that something went wrong', async () => {
    const get = vi.spyOn(world.table, 'getMany').mockRejectedValue(new Error('secret'))
    const answer = await world.ask(at, owner)
    get.mockRestore()
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([500, 'no-store'])
  })
})
