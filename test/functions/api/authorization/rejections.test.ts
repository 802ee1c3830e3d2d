import { beforeAll, describe, expect, it } from 'vitest'
import { acme, mail, startAcme } from '../acme.ts'
import type { Answer } from '../world.ts'

const { world, at, ids, tokens } = await startAcme()
const { tech, web, early } = ids
await world.deliver('d1', 'user.deleted', { customerId: acme, user: mail('nobody') })

/** Expected statuses: the users of the customer, then those who are nobody there, then machines. */
const callers =
  'owner admin billing tech client outside stranger unknown unverified check nobody operator'.split(' ')
type Row = [method: string, path: string, statuses: string]

const routes: Row[] = [
  /*                                    own adm bil tec cli out   str unk unv   chk nob ope */
  ['GET', '/v1/customers', /*        */ '403 403 403 403 403 403   403 403 403   403 403 200'],
  ['GET', at, /*                     */ '200 200 403 403 403 403   404 404 404   403 403 200'],
  ['GET', `${at}/contact`, /*        */ '200 200 200 403 403 403   404 404 404   403 403 200'],
  ['GET', `${at}/billing`, /*        */ '200 200 200 403 403 403   404 404 404   403 403 200'],
  ['GET', `${at}/users`, /*          */ '200 200 403 403 403 403   404 404 404   403 403 200'],
  ['GET', `${at}/users/${tech}`, /*  */ '200 200 403 200 403 403   404 404 404   403 403 200'],
  ['GET', `${at}/users/usr_1`, /*    */ '404 404 403 403 403 403   404 404 404   403 403 404'],
  ['GET', `${at}/users/${tech}/grants`, '200 200 403 200 403 403   404 404 404   403 403 200'],
  ['GET', `${at}/users/a%23b/grants`, /**/ '404 404 403 403 403 403   404 404 404   403 403 404'],
  ['GET', `${at}/projects`, /*       */ '200 200 403 200 200 200   404 404 404   403 403 200'],
  ['GET', `${at}/projects/main`, /*  */ '200 200 403 200 200 404   404 404 404   403 403 200'],
  ['GET', `${at}/projects/${web}`, /**/ '200 200 403 200 200 404   404 404 404   403 403 200'],
  ['GET', `${at}/projects/${early}`, /**/ '200 200 403 404 404 200   404 404 404   403 403 200'],
  ['GET', `${at}/projects/prj_1`, /* */ '404 404 403 404 404 404   404 404 404   403 403 404'],
  ['GET', `${at}/projects/${web}/members`, '200 200 403 200 200 404   404 404 404   403 403 200'],
  ['GET', `${at}/projects/x/members`, /**/ '404 404 403 404 404 404   404 404 404   403 403 404'],
  ['GET', `${at}/servers`, /*        */ '200 200 403 200 200 403   404 404 404   403 403 200'],
  ['GET', `${at}/servers/vps-1`, /*  */ '200 200 403 200 200 403   404 404 404   403 403 200'],
  ['GET', `${at}/servers/vps-2`, /*  */ '200 200 403 404 404 403   404 404 404   403 403 200'],
  ['GET', `${at}/servers/vps-3`, /*  */ '404 404 403 404 404 403   404 404 404   403 403 404'],
  ['GET', `${at}/servers/vps-1/assignments`, '200 200 403 200 200 403   404 404 404   403 403 200'],
  ['GET', `${at}/servers/x/assignments`, '404 404 403 404 404 403   404 404 404   403 403 404'],
  ['GET', `${at}/events`, /*         */ '200 200 403 403 403 403   404 404 404   403 403 200'],
  ['GET', `${at}/export`, /*         */ '403 403 403 403 403 403   404 404 404   403 403 200'],
  ['GET', '/v1/me', /*               */ '200 200 200 200 200 200   200 200 200   200 200 200'],
  ['GET', '/v1/me/mail', /*          */ '200 200 200 200 200 200   200 200 403   403 403 403'],
  ['GET', '/v1/deliveries?source=orders', '403 403 403 403 403 403   403 403 403   403 403 200'],
  ['GET', '/v1/deliveries/orders/d1', '403 403 403 403 403 403   403 403 403   403 403 200'],
  ['GET', '/v1/deliveries/orders/d2', '403 403 403 403 403 403   403 403 403   403 403 404'],
  ['POST', '/v1/deliveries/orders/d1/retry', '403 403 403 403 403 403   403 403 403   403 403 200'],
  ['POST', '/v1/deliveries/orders/d2/retry', '403 403 403 403 403 403   403 403 403   403 403 404'],
  ['GET', '/v1/openstack', /*        */ '403 403 403 403 403 403   403 403 403   403 403 200'],
  ['POST', `${at}/access/v1/evaluation`, '200 200 403 200 403 403   404 404 404   200 403 200'],
  ['POST', `${at}/access/v1/evaluations`, '200 200 403 200 403 403   404 404 404   200 403 200'],
  ['POST', `${at}/access/v1/search/subject`, '200 200 403 403 403 403   404 404 404   200 403 200'],
  ['POST', `${at}/access/v1/search/resource`, '200 200 403 200 403 403   404 404 404   200 403 200'],
  ['POST', `${at}/access/v1/search/action`, '200 200 403 200 403 403   404 404 404   200 403 200'],
]

const question = JSON.stringify({
  subject: { type: 'user', id: tech },
  action: { name: 'project.read' },
  resource: { type: 'project', id: web },
})

function ask(method: string, path: string, token?: string): Promise<Answer> {
  if (method === 'GET') return world.ask(path, token)
  return path.includes('/access/')
    ? world.post(path, token, question)
    : world.send(method, path, token, undefined, { 'x-reason': 'mended' })
}

/** The code of a problem; errors of the decision routes are texts. */
function codeOf(path: string, { status, headers, body }: Answer): unknown {
  if (path.includes('/access/')) return { 401: 'unauthenticated', 403: 'forbidden', 404: 'not-found' }[status]
  return headers.get('content-type') === 'application/problem+json' ? body.code : undefined
}

beforeAll(async () => {
  tokens.unknown = await world.person('nobody@elsewhere.example')
  tokens.unverified = await world.person(mail('owner'), { sub: 'x', email_verified: false })
})

describe.each(routes)('%s %s', (method, path, statuses) => {
  it.each(statuses.split(/ +/).map((status, place) => [callers[place] ?? '', Number(status)] as const))(
    'answers %s with %i',
    async (caller, status) => {
      const answer = await ask(method, path, tokens[caller])
      expect(answer.status).toBe(status)
      expect(codeOf(path, answer)).toBe({ 403: 'forbidden', 404: 'not-found' }[status])
    },
  )
})

describe('an access token that is', () => {
  const bad: [string, () => Promise<string | undefined>][] = [
    ['missing', async () => undefined],
    ['malformed', async () => 'not.a.token'],
    ['expired', () => world.person(mail('owner'), { exp: Math.floor(world.now().getTime() / 1000) - 60 })],
    ['for another audience', () => world.person(mail('owner'), { aud: 'https://elsewhere.test' })],
    ['of another issuer', () => world.person(mail('owner'), { iss: 'https://elsewhere.test' })],
    ['an ID token', () => world.issuer.token({ sub: mail('owner') }, { typ: 'JWT' })],
  ]
  describe.each(bad)('%s', (_name, make) => {
    it.each(routes)('is refused by %s %s', async (method, path) => {
      const token = await make()
      const answer = await ask(method, path, token)
      expect(answer.status).toBe(401)
      const metadata = 'resource_metadata="https://latchkey.test/.well-known/oauth-protected-resource"'
      expect(answer.headers.get('www-authenticate')).toBe(
        token === undefined ? `Bearer ${metadata}` : `Bearer error="invalid_token", ${metadata}`,
      )
      expect(codeOf(path, answer)).toBe('unauthenticated')
    })
  })
})

const nowhere = ['ZZZ999999', 'a%23b', 'x'.repeat(3000), '%00', 'ACM000001%7C']

describe('to who is nobody there, another customer is like one that is unknown', () => {
  const below = routes.filter(([, path]) => path.startsWith(at))
  it.each(below)('%s %s', async (method, path) => {
    const headers = { 'x-request-id': 'same' }
    const init =
      method === 'GET'
        ? { headers }
        : { method, headers: { ...headers, 'content-type': 'application/json' }, body: question }
    const stranger = tokens.stranger
    const existing = await world.ask(path, stranger, init)
    for (const customer of nowhere) {
      const unknown = await world.ask(path.replace(acme, customer), stranger, init)
      expect([unknown.status, unknown.text]).toEqual([existing.status, existing.text])
    }
    expect(existing.status).toBe(404)
    expect(existing.text).not.toContain(acme)
  })
})

it.each(nowhere)('operators find no customer %.20s either', async (customer) => {
  for (const path of ['', '/users/usr_1', '/projects', '/export']) {
    const answer = await world.ask(`/v1/customers/${customer}${path}`, tokens.operator)
    expect([answer.status, answer.body.detail]).toEqual([404, 'There is no such customer.'])
  }
})

describe('a refusal says which right is missing, and why', () => {
  it.each([
    ['billing', `${at}/users`, 'The right user.read is missing: the type of the user cannot hold it.'],
    [
      'outside',
      `${at}/servers`,
      'The right server.read is missing: the user is not a member of the Main project.',
    ],
    [
      'outside',
      `${at}/servers/vps-9`,
      'The right server.read is missing: the user is not a member of the Main project.',
    ],
    ['owner', `${at}/export`, 'Only operators may do this.'],
  ])('%s %s', async (caller, path, detail) => {
    expect((await world.ask(path, tokens[caller])).body.detail).toBe(detail)
  })
})

it('an unknown route is not found', async () => {
  expect((await world.ask('/v1/nothing', tokens.operator)).body).toMatchObject({ code: 'not-found' })
  expect((await world.ask('/nothing')).status).toBe(404)
})

it('a refused retry leaves the delivery as it is', async () => {
  const before = await world.ask('/v1/deliveries/orders/d1', tokens.operator)
  await world.post('/v1/deliveries/orders/d1/retry', tokens.owner, '')
  expect((await world.ask('/v1/deliveries/orders/d1', tokens.operator)).body).toEqual(before.body)
})

it('logs name routes, not what was asked for', async () => {
  world.lines.length = 0
  await world.ask(`${at}/users/${tech}?email=x`, tokens.owner)
  expect(JSON.stringify(world.lines)).not.toMatch(new RegExp(`${tech}|${acme}|@`))
  expect(world.lines[0]?.fields?.route).toBe('/v1/customers/:c/users/:u')
})
