import { describe, expect, it } from 'vitest'
import { acme, mail, startAcme } from '../acme.ts'

const { world, at, ids, tokens } = await startAcme()
const metadata = 'resource_metadata="https://latchkey.test/.well-known/oauth-protected-resource"'
const insufficient = (scope: string) => `Bearer error="insufficient_scope", scope="${scope}", ${metadata}`

describe('without a valid token', () => {
  it.each([
    ['nothing', undefined],
    ['an empty header', ''],
    ['Basic', 'Basic YTpi'],
    ['Digest', 'Digest username="a"'],
    ['DPoP', 'DPoP eyJ.eyJ.sig'],
    ['a scheme that begins alike', 'BearerX abc'],
    ['the scheme alone', 'Bearer'],
    ['the scheme and spaces', 'Bearer   '],
    ['a token without its scheme', 'eyJ.eyJ.sig'],
  ])('%s: only where to get one is told', async (_what, authorization) => {
    const headers = authorization === undefined ? {} : { authorization }
    for (const path of ['/v1/me', at, '/v1/deliveries']) {
      const answer = await world.ask(path, undefined, { headers })
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, `Bearer ${metadata}`])
    }
  })

  it.each([
    'Bearer x',
    'bearer x',
    'BEARER  x.y.z',
    'Bearer x y',
    'Bearer \u00e4',
    'Bearer x, Bearer y',
    'Bearer =',
  ])('%j: that it is invalid is told too', async (authorization) => {
    const answer = await world.ask('/v1/me', undefined, { headers: { authorization } })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe(`Bearer error="invalid_token", ${metadata}`)
  })

  it('an expired token is told to be invalid', async () => {
    const expired = await world.person(mail('owner'), { exp: Math.floor(world.now().getTime() / 1000) - 60 })
    const answer = await world.ask(at, expired)
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      401,
      `Bearer error="invalid_token", ${metadata}`,
    ])
  })
})

const question = {
  subject: { type: 'user_email', id: mail('owner') },
  action: { name: 'account.read' },
  resource: { type: 'customer', id: acme },
}

describe('where a scope is missing, it is named', () => {
  it.each([
    ['owner', 'GET', '/v1/customers', 'operator'],
    ['owner', 'GET', '/v1/deliveries', 'operator'],
    ['owner', 'GET', `${at}/export`, 'operator'],
    ['tech', 'POST', `${at}/suspend`, 'operator'],
    ['check', 'GET', '/v1/customers', 'operator'],
    ['check', 'GET', at, 'operator'],
    ['check', 'GET', `${at}/users`, 'operator'],
    ['tech', 'POST', `${at}/access/v1/evaluation`, 'check'],
    ['tech', 'POST', `${at}/access/v1/evaluations`, 'check'],
  ])('%s, %s %s: %s', async (who, method, path, scope) => {
    const body = method === 'GET' ? undefined : question
    const answer = await world.send(method, path, tokens[who], body)
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([403, insufficient(scope)])
  })
})

describe('where no scope would do, there is no challenge', () => {
  it.each([
    ['billing', 'GET', `${at}/users`, 403],
    ['tech', 'GET', `${at}/events`, 403],
    ['nobody', 'GET', at, 403],
    ['nobody', 'POST', `${at}/access/v1/evaluation`, 403],
    ['check', 'POST', `${at}/ownership-transfer`, 403],
    ['operator', 'POST', `${at}/ownership-transfer`, 403],
    ['stranger', 'GET', at, 404],
    ['stranger', 'GET', `${at}/export`, 404],
  ])('%s, %s %s: %i', async (who, method, path, status) => {
    const body = method === 'GET' ? undefined : question
    const answer = await world.send(method, path, tokens[who], body)
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([status, null])
  })
})

it.each(['ZZZ999999', 'a%23b', 'x'.repeat(3000), '%00', 'ACM000001%7C'])(
  'operators find no customer %.20s, and others find it like one that is there',
  async (customer) => {
    const headers = { 'x-request-id': 'same' }
    for (const path of ['', '/users/usr_1', '/projects', '/export']) {
      const nowhere = `/v1/customers/${customer}${path}`
      const { status, body } = await world.ask(nowhere, tokens.operator)
      expect([status, body.detail]).toEqual([404, 'There is no such customer.'])
      const [unknown, there] = [nowhere, `${at}${path}`].map((each) =>
        world.ask(each, tokens.stranger, { headers }),
      )
      expect((await unknown)?.text).toBe((await there)?.text)
    }
  },
)

const billing = 'the type of the user cannot hold it'
const outside = 'the user is not a member of the Main project'

it.each([
  ['billing', '/users', `The right user.read is missing: ${billing}.`],
  ['outside', '/servers', `The right server.read is missing: ${outside}.`],
  ['outside', '/servers/vps-9', `The right server.read is missing: ${outside}.`],
  ['owner', '/export', 'Only operators may do this.'],
])('a refusal says which right is missing, and why: %s %s', async (caller, path, detail) => {
  expect((await world.ask(`${at}${path}`, tokens[caller])).body.detail).toBe(detail)
})

it('logs name routes, not what was asked for', async () => {
  world.lines.length = 0
  await world.ask(`${at}/users/${ids.tech}?email=x`, tokens.owner)
  expect(JSON.stringify(world.lines)).not.toMatch(new RegExp(`${ids.tech}|${acme}|@`))
  expect(world.lines[0]?.fields?.route).toBe('/v1/customers/:c/users/:u')
})
