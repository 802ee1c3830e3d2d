import { describe, expect, it } from 'vitest'
import { acme, mail, other, startAcme } from '../api/acme.ts'

const { world, at: customer, ids, tokens } = await startAcme()
const at = `${customer}/access/v1/search`
const { owner, admin, billing, tech, client, outside, web, early, stranger } = ids
const { check } = tokens

await world.event('membership.granted', {
  customerId: acme,
  project: acme,
  user: mail('client'),
  roles: ['cdn'],
})

const user = { type: 'user' }
const does = (name: string) => ({ name })
const project = (id: string) => ({ type: 'project', id })
const server = (id: string) => ({ type: 'server', id })
const account = { type: 'customer', id: acme }
type Search = 'subject' | 'resource' | 'action'
const send = async (kind: Search, body: unknown, token = check) => world.post(`${at}/${kind}`, token, body)

async function found(kind: Search, body: object, token = check): Promise<string[]> {
  const { status, body: answer } = await send(kind, body, token)
  expect(status).toBe(200)
  expect(answer.page).toEqual({ next_token: '', count: (answer.results as unknown[]).length })
  return (answer.results as { id?: string; name?: string }[]).map(({ id, name }) => String(id ?? name)).sort()
}
const these = (...some: string[]) => some.toSorted()

describe('who may do it', () => {
  it.each<[string, object, string[]]>([
    ['account.read', account, [owner, admin]],
    ['contact.update', account, [owner, admin, billing]],
    ['cdn.manage', account, [owner, admin, client]],
    ['server.power', account, [owner, admin]],
    ['project.read', project(web), [owner, admin, tech, client]],
    ['project.read', project(early), [owner, admin, outside]],
    ['compute.operate', project(web), [owner, admin, tech]],
    ['compute.read', project(early), [owner, outside]],
    ['project.read', project('main'), [owner, admin, tech, client]],
    ['project.manage', project('main'), []],
    ['server.power', server('vps-1'), [owner, admin, tech]],
    ['server.view', server('vps-2'), [owner, admin]],
    ['user.read', { type: 'user', id: client }, [owner, admin, client]],
    ['user.manage', { type: 'user', id: owner }, [owner]],
  ])('%s on %j', async (name, resource, expected) => {
    const subjects = await found('subject', { subject: user, action: does(name), resource })
    expect(subjects).toEqual(these(...expected))
  })

  it('by e-mail address too', async () => {
    const body = { subject: { type: 'user_email' }, action: does('server.power'), resource: server('vps-1') }
    expect(await found('subject', body)).toEqual(these(mail('owner'), mail('admin'), mail('tech')))
  })

  it('ignores an id of what is searched for', async () => {
    const body = {
      subject: { type: 'user', id: 7 },
      action: does('user.manage'),
      resource: { type: 'user', id: owner },
    }
    expect(await found('subject', body)).toEqual([owner])
  })
})

describe('with what a user may do it', () => {
  it.each<[string, string, string, string[]]>([
    [owner, 'compute.read', 'project', [web, early]],
    [admin, 'compute.read', 'project', [web]],
    [admin, 'project.manage', 'project', [web, early]],
    [admin, 'project.read', 'project', ['main', web, early]],
    [tech, 'project.read', 'project', ['main', web]],
    [outside, 'project.read', 'project', [early]],
    [billing, 'project.read', 'project', []],
    [owner, 'server.power', 'server', ['vps-1', 'vps-2']],
    [tech, 'server.power', 'server', ['vps-1']],
    [client, 'server.power', 'server', []],
    [tech, 'user.read', 'user', [tech]],
    [owner, 'user.manage', 'user', [owner, admin, billing, tech, client, outside]],
    [admin, 'user.manage', 'user', [admin, billing, tech, client, outside]],
    [billing, 'contact.read', 'customer', [acme]],
    [tech, 'contact.read', 'customer', []],
  ])('%s %s %s', async (id, name, type, expected) => {
    const body = { subject: { ...user, id }, action: does(name), resource: { type } }
    expect(await found('resource', body)).toEqual(these(...expected))
  })

  it('by e-mail address, as it is compared', async () => {
    const subject = { type: 'user_email', id: mail('TECH') }
    const body = { subject, action: does('server.power'), resource: { type: 'server' } }
    expect(await found('resource', body)).toEqual(['vps-1'])
  })
})

describe('what a user may do with it', () => {
  it.each<[string, object, string[]]>([
    [tech, project(web), ['compute.operate', 'compute.read', 'project.read']],
    [client, server('vps-1'), ['server.console', 'server.read', 'server.view']],
    [billing, account, ['billing.read', 'billing.update', 'contact.read', 'contact.update']],
    [client, { type: 'user', id: client }, ['user.read']],
    [outside, server('vps-1'), []],
  ])('%s with %j', async (id, resource, expected) => {
    expect(await found('action', { subject: { ...user, id }, resource })).toEqual(these(...expected))
  })

  it('in pages, by name', async () => {
    const body = { subject: { ...user, id: tech }, resource: project(web) }
    const first = await send('action', { ...body, page: { limit: 2 } })
    expect(first.body.results).toEqual([{ name: 'compute.operate' }, { name: 'compute.read' }])
    const { next_token: token } = first.body.page as { next_token: string }
    const second = await send('action', { page: { token } })
    expect(second.body).toEqual({ page: { next_token: '', count: 1 }, results: [{ name: 'project.read' }] })
  })
})

describe('nothing is found, and nothing refused,', () => {
  const subject = { ...user, id: tech }
  const action = does('project.read')
  it.each<[string, Search, object]>([
    [
      'of a subject of an unknown type',
      'subject',
      { subject: { type: 'robot' }, action, resource: project(web) },
    ],
    [
      'of an unknown action',
      'subject',
      { subject: user, action: does('project.fly'), resource: project(web) },
    ],
    [
      'on a resource of an unknown type',
      'subject',
      { subject: user, action, resource: { type: 'zone', id: web } },
    ],
    ['on an unknown resource', 'subject', { subject: user, action, resource: project('prj_1') }],
    ['on a resource with an id that is none', 'subject', { subject: user, action, resource: project('a#b') }],
    [
      'on a resource with a long id',
      'subject',
      { subject: user, action, resource: project('x'.repeat(3000)) },
    ],
    [
      'for an unknown subject',
      'resource',
      { subject: { ...user, id: 'usr_1' }, action, resource: { type: 'project' } },
    ],
    [
      'for a subject of an unknown type',
      'resource',
      { subject: { ...subject, type: 'robot' }, action, resource: { type: 'project' } },
    ],
    ['of a resource of an unknown type', 'resource', { subject, action, resource: { type: 'zone' } }],
    ['by an unknown action', 'resource', { subject, action: does(''), resource: { type: 'project' } }],
    ['for nobody', 'action', { subject: { ...user, id: 'a#b' }, resource: project(web) }],
    [
      'for an address of nobody',
      'action',
      { subject: { type: 'user_email', id: 'nobody' }, resource: project(web) },
    ],
    ['with a resource of an unknown type', 'action', { subject, resource: { type: 'zone', id: web } }],
    ["for another customer's user", 'action', { subject: { ...user, id: stranger }, resource: project(web) }],
    [
      "about another customer's user",
      'subject',
      { subject: user, action: does('user.read'), resource: { type: 'user', id: stranger } },
    ],
    [
      'about another customer',
      'subject',
      { subject: user, action: does('account.read'), resource: { type: 'customer', id: other } },
    ],
  ])('%s', async (_what, kind, body) => {
    for (const limit of [0, 1, 50]) expect(await found(kind, { ...body, page: { limit } })).toEqual([])
  })

  it('at a customer that is unknown', async () => {
    const body = { subject: user, action, resource: project(web) }
    for (const nowhere of ['ZZZ999999', 'x'.repeat(3000), other]) {
      const answer = await world.post(`/v1/customers/${nowhere}/access/v1/search/subject`, check, body)
      expect([answer.status, answer.body.results]).toEqual([200, []])
    }
  })
})

describe('a bad search is answered with 400 and a text in JSON', () => {
  const subject = { ...user, id: tech }
  const action = does('project.read')
  const resource = project(web)
  const whole = { subject, action, resource }
  it.each<[string, Search, unknown]>([
    ['no JSON', 'subject', '{'],
    ['an empty body', 'subject', ''],
    ['a list', 'subject', [whole]],
    ['null', 'action', 'null'],
    ['a name twice', 'subject', '{"subject":{},"subject":{}}'],
    ['a name twice, escaped', 'subject', '{"subject":{},"\\u0073ubject":{}}'],
    ['a lone surrogate', 'subject', '{"subject":{"type":"\\ud800"}}'],
    ['too many levels', 'subject', `${'{"context":'.repeat(40)}1${'}'.repeat(40)}`],
    ['no subject', 'subject', { action, resource }],
    ['no action', 'subject', { subject, resource }],
    ['no resource', 'subject', { subject, action }],
    ['a resource without id', 'subject', { ...whole, resource: { type: 'project' } }],
    ['a subject without type', 'subject', { ...whole, subject: {} }],
    ['a subject without id', 'resource', { ...whole, subject: user }],
    ['a resource without type', 'resource', { ...whole, resource: { id: web } }],
    ['no resource', 'action', { subject }],
    ['a resource without id', 'action', { subject, resource: { type: 'project' } }],
    ['a subject that is a text', 'resource', { ...whole, subject: tech }],
    ['a subject that is null', 'resource', { ...whole, subject: null }],
    ['a subject that is a list', 'subject', { ...whole, subject: [] }],
    ['a name that is a number', 'resource', { ...whole, action: { name: 1 } }],
    ['a context that is a text', 'action', { ...whole, context: 'now' }],
    ['properties that are a list', 'subject', { ...whole, resource: { ...resource, properties: [] } }],
    ['a page that is a text', 'subject', { ...whole, page: 'first' }],
    ['a page that is a list', 'subject', { ...whole, page: [] }],
    ['a limit that is a text', 'subject', { ...whole, page: { limit: '1' } }],
    ['a limit below 0', 'subject', { ...whole, page: { limit: -1 } }],
    ['a limit that is no whole number', 'subject', { ...whole, page: { limit: 1.5 } }],
    ['a limit that is null', 'subject', { ...whole, page: { limit: null } }],
    ['a token that is empty', 'subject', { ...whole, page: { token: '' } }],
    ['a token that is a number', 'subject', { ...whole, page: { token: 1 } }],
    ['a token that is made up', 'subject', { ...whole, page: { token: 'AAAA' } }],
    ['a long token', 'subject', { page: { token: 'A'.repeat(9000) } }],
  ])('%s (%s)', async (_what, kind, body) => {
    const answer = await send(kind, body)
    expect([answer.status, typeof answer.body]).toEqual([400, 'string'])
    expect(answer.headers.get('content-type')).toBe('application/json')
  })

  it.each(['subject', 'resource', 'action'])('another content type (%s)', async (kind) => {
    const text = JSON.stringify(whole)
    const answer = await world.post(`${at}/${kind}`, check, text, { 'content-type': 'text/plain' })
    expect([answer.status, typeof answer.body]).toEqual([400, 'string'])
  })

  it('but not with what it does not know', async () => {
    const more = {
      subject: { ...user, properties: { a: 1 }, b: 2 },
      context: { time: 'now' },
      evaluations: 1,
    }
    const body = {
      ...whole,
      ...more,
      page: { limit: 2 ** 31 - 1, properties: {}, sort: 'up' },
      unknown: true,
    }
    expect((await found('subject', body)).length).toBe(4)
  })
})

async function told(answer: Promise<{ status: number; body: unknown }>) {
  const { status, body } = await answer
  return [status, String(body)]
}

describe('the token of a page', () => {
  const search = { subject: user, action: does('project.read'), resource: project(web) }
  const firstToken = async (token = check, kind: Search = 'subject', body: object = search) => {
    const { body: answer } = await send(kind, { ...body, page: { limit: 1 } }, token)
    return (answer.page as { next_token: string }).next_token
  }
  const refused = [400, expect.stringContaining('/page/token')]

  it('is enough, and so is all of the same again', async () => {
    const token = await firstToken()
    const alone = await send('subject', { page: { token } })
    expect(alone.status).toBe(200)
    expect((alone.body.results as unknown[]).length).toBe(1)
    for (const page of [{ token }, { token, limit: 1 }]) {
      expect((await send('subject', { ...search, page })).body.results).toEqual(alone.body.results)
    }
  })

  it.each<[string, object]>([
    ['another action', { action: does('project.manage') }],
    ['another resource', { resource: project(early) }],
    ['another type', { subject: { type: 'user_email' } }],
    ['another limit', { limit: 2 }],
  ])('is refused with %s', async (_what, { limit, ...changed }: { limit?: number }) => {
    const page = { token: await firstToken(), ...(limit !== undefined && { limit }) }
    expect(await told(send('subject', { ...search, ...changed, page }))).toEqual(refused)
  })

  it('is refused at any other place', async () => {
    const token = await firstToken()
    const body = { page: { token } }
    expect(await told(send('resource', body))).toEqual(refused)
    expect(await told(send('action', body))).toEqual(refused)
    expect(await told(world.post(`/v1/customers/${other}/access/v1/search/subject`, check, body))).toEqual(
      refused,
    )
    expect(await told(send('subject', body, tokens.operator))).toEqual(refused)
    expect(await told(send('subject', body, tokens.owner))).toEqual(refused)
    const cursor = (await world.ask(`${customer}/users?limit=1`, tokens.owner)).body.nextCursor
    expect(await told(send('subject', { page: { token: cursor } }))).toEqual(refused)
    expect((await world.ask(`${customer}/users?cursor=${token}`, tokens.owner)).status).toBe(400)
  })

  it("is refused to another user, and good for the same one's next page", async () => {
    const token = await firstToken(tokens.owner)
    expect((await send('subject', { page: { token } }, tokens.owner)).status).toBe(200)
    expect(await told(send('subject', { page: { token } }, tokens.admin))).toEqual(refused)
  })

  it('is refused with any character changed', async () => {
    const token = await firstToken()
    for (let place = 0; place < token.length; place += 5) {
      const changed = `${token.slice(0, place)}${token[place] === 'A' ? 'B' : 'A'}${token.slice(place + 1)}`
      expect(await told(send('subject', { page: { token: changed } }))).toEqual(refused)
    }
    expect(await told(send('subject', { page: { token: `${token}A` } }))).toEqual(refused)
    expect(await told(send('subject', { page: { token: token.slice(0, -1) } }))).toEqual(refused)
  })

  it('comes with a page of nothing too, as long as there is something', async () => {
    const none = await send('subject', { ...search, page: { limit: 0 } })
    expect(none.body).toMatchObject({ results: [], page: { count: 0 } })
    const { next_token: token } = none.body.page as { next_token: string }
    const again = await send('subject', { page: { token } })
    expect(again.body).toMatchObject({ results: [], page: { count: 0 } })
    expect(token).not.toBe('')
  })
})

const own = (id: string) => ({ subject: { ...user, id }, resource: project(web) })

describe('a user', () => {
  it.each(['tech', 'client', 'billing', 'outside'])('who is %s searches about itself only', async (name) => {
    const token = tokens[name] ?? ''
    const id = (ids as Record<string, string>)[name] ?? ''
    const byEmail = { subject: { type: 'user_email', id: mail(name) }, resource: project(web) }
    expect(await found('action', own(id), token)).toEqual(await found('action', byEmail, token))
    const more = { action: does('user.read'), resource: { type: 'user' } }
    expect(await found('resource', { ...own(id), ...more }, token)).toEqual([id])
    for (const subject of [
      { ...user, id: owner },
      { type: 'user_email', id: mail('owner') },
      { ...user, id: 'x' },
    ]) {
      expect((await send('action', { ...own(id), subject }, token)).status).toBe(403)
      expect((await send('resource', { ...own(id), ...more, subject }, token)).status).toBe(403)
    }
    const everybody = { subject: user, action: does('user.read'), resource: { type: 'user', id } }
    expect((await send('subject', everybody, token)).status).toBe(403)
  })

  it.each(['owner', 'admin'])(
    'who holds user.read (%s) searches about anybody of its customer',
    async (name) => {
      const token = tokens[name] ?? ''
      expect(await found('action', own(tech), token)).toEqual([
        'compute.operate',
        'compute.read',
        'project.read',
      ])
      const body = { subject: user, action: does('compute.operate'), resource: project(web) }
      expect(await found('subject', body, token)).toEqual(these(owner, admin, tech))
      expect(await found('action', own(stranger), token)).toEqual([])
    },
  )

  it('of another customer, and nobody, get in nowhere', async () => {
    for (const kind of ['subject', 'resource', 'action'] as const) {
      expect((await send(kind, own(tech), tokens.stranger)).status).toBe(404)
      expect((await send(kind, own(tech), tokens.nobody)).status).toBe(403)
      const none = await world.post(`${at}/${kind}`, undefined, own(tech))
      expect([none.status, none.headers.get('www-authenticate')]).toEqual([
        401,
        expect.stringContaining('Bearer'),
      ])
    }
  })
})
