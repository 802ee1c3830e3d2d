import { describe, expect, it, vi } from 'vitest'
import { acme, mail, startAcme } from '../api/acme.ts'

const { world, at: customer, ids, tokens } = await startAcme()
const at = `${customer}/access/v1`
const { tech, owner, web, stranger } = ids
const { check } = tokens

const subject = { type: 'user', id: tech }
const action = { name: 'compute.operate' }
const resource = { type: 'project', id: web }
const question = { subject, action, resource }
const evaluate = async (body: unknown, token = check, headers = {}) =>
  world.post(`${at}/evaluation`, token, body, headers)
const evaluateAll = async (body: unknown, token = check) => world.post(`${at}/evaluations`, token, body)
const membership = {
  decision: true,
  context: {
    reason: {
      code: 'membership',
      grant: `projects/${web}/members/${tech}`,
      roles: ['compute:operate'],
    },
  },
}
const denied = (code: string, more = {}) => ({ decision: false, context: { reason: { code, ...more } } })

describe('an evaluation', () => {
  it('tells the decision and its reason', async () => {
    const answer = await evaluate(question)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(answer.body).toEqual(membership)
  })

  it.each([
    ['role-too-low', { action: { name: 'compute.manage' } }, { needed: 'compute:manage' }],
    ['unknown-action', { action: { name: 'compute.destroy' } }, {}],
    ['unknown-subject', { subject: { type: 'user', id: 'usr_1' } }, {}],
    ['unknown-subject', { subject: { type: 'user', id: stranger } }, {}],
    ['unknown-subject', { subject: { type: 'robot', id: tech } }, {}],
    ['unknown-subject', { subject: { type: 'user_email', id: 'nobody' } }, {}],
    ['unknown-subject', { subject: { type: 'user', id: 'a#b' } }, {}],
    ['unknown-subject', { subject: { type: 'user', id: '' } }, {}],
    ['unknown-subject', { subject: { type: 'user', id: 'x'.repeat(3000) } }, {}],
    ['unknown-resource', { resource: { type: 'project', id: 'x'.repeat(3000) } }, {}],
    ['unknown-resource', { resource: { type: 'bucket', id: web } }, {}],
    ['type-ceiling', { action: { name: 'audit.read' }, resource: { type: 'customer', id: acme } }, {}],
    ['no-grant', { action: { name: 'server.power' }, resource: { type: 'server', id: 'vps-2' } }, {}],
  ])('is denied as %s: %j', async (code, changed, more) => {
    expect((await evaluate({ ...question, ...changed })).body).toEqual(denied(code, more))
  })

  it('knows the subject by e-mail address, as it is compared', async () => {
    const byEmail = { ...question, subject: { type: 'user_email', id: mail('TECH') } }
    expect((await evaluate(byEmail)).body).toEqual(membership)
  })

  it.each([
    ['an assignment', { type: 'server', id: 'vps-1' }, 'server.power', { code: 'assignment' }],
    ['itself', { type: 'user', id: tech }, 'user.read', { code: 'self' }],
  ])('allows by %s', async (_by, about, name, reason) => {
    const answer = await evaluate({ subject, action: { name }, resource: about })
    expect(answer.body).toMatchObject({ decision: true, context: { reason } })
  })

  it('of a customer that is unknown is denied, not refused', async () => {
    for (const nowhere of ['ZZZ999999', 'x'.repeat(3000)]) {
      const answer = await world.post(`/v1/customers/${nowhere}/access/v1/evaluation`, check, question)
      expect([answer.status, answer.body]).toEqual([200, denied('unknown-subject')])
    }
  })

  it('ignores what it does not know', async () => {
    const more = {
      subject: { ...subject, properties: { department: 'Sales' }, other: 1 },
      action: { ...action, properties: {} },
      resource: { ...resource, properties: { a: [] } },
      context: { time: '2024-10-26T01:22-07:00' },
      evaluations: 'ignored here',
      more: true,
    }
    expect((await evaluate(more)).body).toEqual(membership)
    const withQuery = await world.post(`${at}/evaluation?x=1`, check, question)
    expect(withQuery.body).toEqual(membership)
  })
})

describe('a bad request is answered with 400 and a text in JSON', () => {
  const { subject: _s, ...noSubject } = question
  it.each([
    ['no JSON', '{'],
    ['an empty body', ''],
    ['an array', [question]],
    ['null', 'null'],
    ['no subject', noSubject],
    ['a subject without id', { ...question, subject: { type: 'user' } }],
    ['a subject that is a text', { ...question, subject: tech }],
    ['an id that is a number', { ...question, resource: { type: 'project', id: 1 } }],
    ['an action without name', { ...question, action: {} }],
    ['a name twice', '{"subject":{},"subject":{}}'],
    ['a context that is a text', { ...question, context: 'now' }],
    ['a context that is a list', { ...question, context: [] }],
    ['a context that is null', { ...question, context: null }],
    ['properties that are a text', { ...question, subject: { ...subject, properties: 'x' } }],
    ['properties that are a list', { ...question, action: { ...action, properties: [] } }],
    ['properties that are null', { ...question, resource: { ...resource, properties: null } }],
    ['a subject that is a list', { ...question, subject: [] }],
  ])('%s', async (_what, body) => {
    for (const path of ['evaluation', 'evaluations']) {
      const answer = await world.post(`${at}/${path}`, check, body)
      expect([answer.status, typeof answer.body]).toEqual([400, 'string'])
      expect(answer.headers.get('content-type')).toBe('application/json')
    }
  })

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/merge-patch+json', ''])(
    'the content type %j',
    async (type) => {
      const answer = await evaluate(JSON.stringify(question), check, { 'content-type': type })
      expect([answer.status, typeof answer.body]).toEqual([400, 'string'])
    },
  )

  it.each([
    'application/json; charset=utf-8',
    'application/json\t;\tcharset=utf-8',
    'Application/JSON ; charset="utf-8"',
    'application/json;',
  ])('but not %j', async (type) => {
    expect((await evaluate(JSON.stringify(question), check, { 'content-type': type })).status).toBe(200)
  })

  it('and other refusals with a text too', async () => {
    const none = await world.post(`${at}/evaluation`, undefined, question)
    expect([none.status, typeof none.body]).toEqual([401, 'string'])
    expect(none.headers.get('www-authenticate')).toContain('resource_metadata')
    const nobody = await evaluate(question, await world.nobody())
    expect([nobody.status, typeof nobody.body]).toEqual([403, 'string'])
    const large = await evaluate({ ...question, context: 'x'.repeat(300 * 1024) })
    expect([large.status, typeof large.body]).toEqual([413, 'string'])
  })
})

describe('below a decision point every refusal is a text in JSON', () => {
  const id = 'any text, "really"'
  const sent = { 'x-request-id': id, 'content-type': 'application/json' }
  const nowhere = `/v1/customers/${acme}/access/v1`
  it.each<[number, string, string, string?]>([
    [404, 'POST', nowhere],
    [404, 'POST', `${nowhere}/`],
    [404, 'POST', `${nowhere}/search/everything`],
    [404, 'POST', `${nowhere}/evaluation/`],
    [404, 'POST', '/v1//customers/access/v1/evaluation'],
    [404, 'POST', '/v1/customers/a%23b/access/v1/evaluation'],
    [405, 'GET', `${nowhere}/evaluation`],
    [405, 'PUT', `${nowhere}/evaluations`],
    [401, 'POST', `${nowhere}/evaluation`, ''],
    [400, 'POST', `${nowhere}/evaluation`],
  ])('%i %s %s', async (status, method, path, token = check) => {
    const answer = await world.send(method, path, token, method === 'GET' ? undefined : '[]', sent)
    expect([answer.status, typeof answer.body]).toEqual([status, 'string'])
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(answer.headers.get('x-request-id')).toBe(id)
    expect(answer.headers.get('allow')).toBe(status === 405 ? 'POST, OPTIONS' : null)
  })

  it.each([
    [500, new Error('secret')],
    [503, Object.assign(new Error('secret'), { name: 'TimeoutError' })],
    [429, Object.assign(new Error('secret'), { name: 'ThrottlingException' })],
  ])('%i', async (status, error) => {
    const get = vi.spyOn(world.table, 'getMany').mockRejectedValue(error)
    const answer = await evaluate(question)
    get.mockRestore()
    expect([answer.status, typeof answer.body]).toEqual([status, 'string'])
    expect(answer.text).not.toContain('secret')
    expect(answer.headers.has('retry-after')).toBe(status !== 500)
  })
})

describe('the request id', () => {
  it.each(['bfe9eb29-ab87-4ca3-be83-a1d5d8305716', 'any text, "really" {even this}', 'x'.repeat(500)])(
    'comes back as it was given: %s',
    async (id) => {
      const headers = { 'x-request-id': id }
      expect((await evaluate(question, check, headers)).headers.get('x-request-id')).toBe(id)
      expect((await evaluate('{', check, headers)).headers.get('x-request-id')).toBe(id)
    },
  )

  it('is made where there is none', async () => {
    expect((await evaluate(question)).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('is safe in the logs', async () => {
    world.lines.length = 0
    await evaluate(question, check, { 'x-request-id': 'a\u00e4b' })
    expect(world.lines[0]?.fields?.requestId).toMatch(/^[0-9a-f-]{36}$/)
  })
})

const askAbout = (about: object, token: string) =>
  evaluateAll({ ...question, evaluations: [{ subject: about }, {}] }, token)

describe('a user with user.read', () => {
  it.each<[string, object, object]>([
    ['by id', { type: 'user', id: owner }, { decision: true, context: { reason: { code: 'owner' } } }],
    ['by e-mail address', { type: 'user_email', id: mail('owner') }, { decision: true }],
    ['who is nobody', { type: 'user', id: 'usr_1' }, denied('unknown-subject')],
    ['without such an address', { type: 'user_email', id: mail('nobody') }, denied('unknown-subject')],
    ['of another customer', { type: 'user_email', id: mail('stranger') }, denied('unknown-subject')],
    ['of no type that is known', { type: 'robot', id: tech }, denied('unknown-subject')],
  ])('asks about somebody else of its customer, %s', async (_how, about, expected) => {
    for (const name of ['admin', 'owner']) {
      const { status, body } = await askAbout(about, await world.person(mail(name)))
      expect([status, body]).toMatchObject([200, { evaluations: [expected, membership] }])
    }
  })

  it.each(['billing', 'tech', 'client', 'outside'])('which %s is not', async (name) => {
    const { status, headers } = await askAbout({ type: 'user', id: owner }, await world.person(mail(name)))
    expect(status).toBe(403)
    expect(headers.get('www-authenticate')).toContain('insufficient_scope')
  })

  it('asks about nobody of another customer', async () => {
    const answer = await evaluateAll({ ...question, evaluations: [{}] }, await world.person(mail('stranger')))
    expect([answer.status, answer.body]).toEqual([404, 'There is no such customer.'])
  })
})

describe('a user', () => {
  it('asks about itself, by id or e-mail address', async () => {
    const token = await world.person(mail('tech'))
    expect((await evaluate(question, token)).body).toEqual(membership)
    const byEmail = { ...question, subject: { type: 'user_email', id: mail('tech') } }
    expect((await evaluate(byEmail, token)).body).toEqual(membership)
  })

  it.each([
    { type: 'user', id: owner },
    { type: 'user', id: 'usr_1' },
    { type: 'user_email', id: mail('owner') },
    { type: 'user_email', id: mail('nobody') },
    { type: 'robot', id: tech },
  ])('may not ask about %j', async (about) => {
    const token = await world.person(mail('tech'))
    expect((await evaluate({ ...question, subject: about }, token)).status).toBe(403)
    const among = await evaluateAll({ ...question, evaluations: [{}, { subject: about }] }, token)
    expect([among.status, typeof among.body]).toEqual([403, 'string'])
  })

  it('of another customer finds nothing, as if it was unknown', async () => {
    const token = await world.person(mail('stranger'))
    const here = await evaluate(question, token)
    const nowhere = await world.post('/v1/customers/ZZZ999999/access/v1/evaluation', token, question)
    expect([here.status, here.body]).toEqual([404, 'There is no such customer.'])
    expect([nowhere.status, nowhere.body]).toEqual([here.status, here.body])
  })
})
