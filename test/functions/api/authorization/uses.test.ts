import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Usage, usageText } from '../../../../shared/usage/usage.ts'
import { acme, mail, startAcme } from '../acme.ts'

let uses: Usage[] = []
const collect = (use: Usage) => void uses.push(use)
let used: (use: Usage) => unknown = collect
const { world, at, ids, tokens } = await startAcme({ used: (use) => used(use) as void })
const { web, tech, admin, client, owner } = ids

beforeEach(() => {
  uses = []
})
afterEach(() => {
  used = collect
})

/** What was told, with names in place of ids. */
const told = () =>
  uses.map((use) => {
    expect(use.customerId).toBe(acme)
    const [name] = Object.entries(ids).find(([, id]) => id === use.userId) ?? []
    return usageText(use).replace(use.userId, String(name)).replace(web, 'web')
  })
const question = (id: string, name: string, resource: object) => ({
  subject: { type: 'user', id },
  action: { name },
  resource,
})
const inWeb = { type: 'project', id: web }
const onServer = { type: 'server', id: 'vps-1' }
const evaluate = async (body: object, token?: string) =>
  world.post(`${at}/access/v1/evaluation`, token ?? tokens.check, body)

describe('a decision', () => {
  it.each([
    ['an OpenStack permission', question(tech, 'compute.operate', inWeb), 'tech project/web operate'],
    ['an assignment', question(client, 'server.console', onServer), 'client server/vps-1 operate'],
    ['a type', question(admin, 'server.reinstall', onServer), 'admin project/main manage'],
    [
      'the ownership',
      question(owner, 'billing.read', { type: 'customer', id: acme }),
      'owner project/main read',
    ],
  ])('that is allowed by %s is a use', async (_by, body, expected) => {
    expect((await evaluate(body)).body.decision).toBe(true)
    expect(told()).toEqual([expected])
  })

  const byEmail = {
    ...question(tech, 'compute.read', inWeb),
    subject: { type: 'user_email', id: mail('tech') },
  }
  it.each([
    ['check', ['tech project/web read']],
    ['operator', []],
    ['tech', []],
  ])('is a use of whom it is about where an enforcement point asks: %s', async (who, expected) => {
    expect((await evaluate(byEmail, tokens[who])).body.decision).toBe(true)
    await world.post(`${at}/access/v1/evaluations`, tokens[who], { ...byEmail, evaluations: [{}] })
    expect([...new Set(told())]).toEqual(expected)
  })

  it.each([
    ['that is denied', question(tech, 'compute.manage', inWeb)],
    ['about oneself', question(tech, 'user.read', { type: 'user', id: tech })],
    ["about an admin's own user", question(admin, 'user.read', { type: 'user', id: admin })],
  ])('%s is none', async (_which, body) => {
    await evaluate(body)
    expect(told()).toEqual([])
  })

  it('that a user with user.read asks for about somebody else is a use of that right', async () => {
    expect((await evaluate(byEmail, await world.person(mail('admin')))).body.decision).toBe(true)
    expect(told()).toEqual(['admin project/main read'])
  })

  it.each([
    ['execute_all', ['tech project/web read', 'tech project/web operate']],
    ['deny_on_first_deny', ['tech project/web read']],
    ['permit_on_first_permit', ['tech project/web read']],
  ])('among several is one where it is told: %s', async (evaluations_semantic, expected) => {
    const evaluations = ['compute.read', 'compute.manage', 'compute.operate'].map((name) => ({
      action: { name },
    }))
    const { body } = await world.post(`${at}/access/v1/evaluations`, tokens.check, {
      ...question(tech, '', inWeb),
      evaluations,
      options: { evaluations_semantic },
    })
    expect(body.evaluations).not.toEqual([])
    expect(told()).toEqual(expected)
  })
})

describe('a call', () => {
  it.each([
    ['tech', 'GET', `/projects/${web}`, 'tech project/web read'],
    ['tech', 'GET', `/projects/${web}/members`, 'tech project/web read'],
    ['tech', 'GET', '/servers/vps-1', 'tech server/vps-1 read'],
    ['admin', 'GET', '/servers/vps-1', 'admin project/main read'],
    ['admin', 'GET', '/projects', 'admin project/main read'],
    ['admin', 'GET', '/users', 'admin project/main read'],
    ['billing', 'GET', '/billing', 'billing project/main read'],
    ['owner', 'PATCH', '', 'owner project/main manage'],
    ['admin', 'PUT', `/projects/${web}/members/${tech}`, 'admin project/main manage'],
    ['admin', 'PUT', `/projects/main/members/${tech}`, 'admin project/main manage'],
    ['admin', 'GET', '/review-policy', 'admin project/main read'],
    ['admin', 'GET', '/reviews', 'admin project/main read'],
  ])('of %s is a use: %s %s', async (name, method, path, expected) => {
    const roles = path.includes(web) ? ['compute:operate'] : ['cdn']
    const bodies: Record<string, object> = {
      PATCH: { organisation: 'Acme Ltd' },
      PUT: { roles, reason: 'on call' },
    }
    const { status } = await world.send(method, `${at}${path}`, tokens[name], bodies[method])
    expect([200, 201]).toContain(status)
    expect(told()).toEqual([expected])
  })

  it('that finds nothing new is a use, as it was answered', async () => {
    const { headers } = await world.ask(`${at}/projects/${web}`, tokens.tech)
    const again = await world.send('GET', `${at}/projects/${web}`, tokens.tech, undefined, {
      'if-none-match': headers.get('etag') ?? '',
    })
    expect(again.status).toBe(304)
    expect(told()).toEqual(['tech project/web read', 'tech project/web read'])
  })

  it.each([
    ['as a dry run', '?dryRun=true', { name: 'docs' }, {}, 200],
    ['with a body that does not fit', '', { title: 'docs' }, {}, 400],
    ['with a name that is in use', '', { name: 'web' }, {}, 409],
    ['with a key that does not fit', '', { name: 'docs' }, { 'idempotency-key': ' ' }, 400],
  ])('%s is none', async (_which, query, body, headers, status) => {
    const answer = await world.send('POST', `${at}/projects${query}`, tokens.admin, body, headers)
    expect(answer.status).toBe(status)
    expect(told()).toEqual([])
  })

  it('with the ETag of another state is none', async () => {
    const answer = await world.send(
      'PATCH',
      at,
      tokens.admin,
      { organisation: 'Other' },
      { 'if-match': '"other"' },
    )
    expect(answer.status).toBe(412)
    expect(told()).toEqual([])
  })

  it('that is sent again is one use', async () => {
    const key = { 'idempotency-key': 'blog' }
    for (let time = 0; time < 2; time++) {
      const { status } = await world.send('POST', `${at}/projects`, tokens.admin, { name: 'blog' }, key)
      expect(status).toBe(201)
    }
    expect(told()).toEqual(['admin project/main manage'])
  })

  it.each([
    ['that is refused', 'tech', '/events', 403],
    ['on what one has nothing on', 'tech', '/servers/vps-2', 404],
    ['about oneself', 'client', `/users/${client}`, 200],
    ['of an admin about itself', 'admin', `/users/${admin}`, 200],
    ['of an admin for a list of its own', 'admin', `/users/${admin}/grants`, 200],
    ['with a parameter that does not fit', 'admin', '/users?limit=0', 400],
    ['for a review that there is not', 'admin', '/reviews/01ARZ3NDEKTSV4RRFFQ69G5FAV', 404],
    ['for a list of what one holds', 'tech', '/projects', 200],
  ])('%s is none', async (_which, name, path, status) => {
    expect((await world.ask(`${at}${path}`, tokens[name])).status).toBe(status)
    expect(told()).toEqual([])
  })

  it('of an operator, or of nobody, is none', async () => {
    expect((await world.ask(`${at}/projects`, tokens.operator)).status).toBe(200)
    expect((await world.ask('/v1/me', tokens.tech)).status).toBe(200)
    expect((await world.ask('/healthz')).status).toBe(200)
    expect(told()).toEqual([])
  })
})

describe('the answer', () => {
  const asked = question(tech, 'compute.operate', inWeb)
  const both = async () => {
    const decision = await evaluate(asked)
    const call = await world.ask(`${at}/projects/${web}`, tokens.tech)
    return [decision, call].map(({ status, body }) => ({ status, body }))
  }

  it.each([
    ['hangs', () => new Promise(() => {})],
    [
      'throws',
      () => {
        throw new TypeError('broken')
      },
    ],
  ])('is the same where whoever is told %s', async (_what, broken) => {
    const expected = await both()
    used = broken
    expect(await both()).toEqual(expected)
    expect(expected.map(({ status }) => status)).toEqual([200, 200])
  })

  it('that could not be recorded is in the log', async () => {
    used = () => {
      throw new TypeError('broken')
    }
    world.lines.length = 0
    await evaluate(asked)
    expect(world.lines.map(({ message }) => message)).toEqual(['a usage could not be recorded', 'request'])
    expect(world.lines[0]?.fields?.error).toContain('TypeError')
  })

  it('costs no request more', async () => {
    const withUse = await world.requestsOf(() => evaluate(asked))
    const without = await world.requestsOf(() => evaluate(question(tech, 'compute.manage', inWeb)))
    expect(uses).toHaveLength(1)
    expect(withUse).toHaveLength(1)
    expect(withUse).toEqual(expect.arrayContaining(without))
  })
})
