import { describe, expect, it } from 'vitest'
import { capabilities } from '../../../../shared/domain/entities/capability.ts'
import { seedScene } from '../changes.ts'
import { type Asked, requester, naming, told } from './refused.ts'
import { startWorld } from '../world.ts'

const world = await startWorld()
const scene = await seedScene(world)
const { id, mail } = scene

const ask = requester(scene)

const address = { street: 'Main Street 1', city: 'Leiden', postalCode: '2311', country: 'NL' }
const unknown = 'is not known here'

describe('fields that are not known are refused by name, all of them at once, also inside:', () => {
  const rows: [Asked, Record<string, string>][] = [
    [
      ['admin', 'PATCH', `/users/${id.tech}`, { nmae: 'x', emial: 'y' }],
      { '/nmae': unknown, '/emial': unknown },
    ],
    [
      ['billing', 'PUT', '/contact', { fax: '1', address: { ...address, zip: '1' } }],
      { '/address/zip': unknown, '/fax': unknown },
    ],
    [
      ['billing', 'PUT', '/billing', { address: { ...address, toString: 1 } }],
      { '/address/toString': unknown },
    ],
    [
      [
        'operator',
        'POST',
        '/v1/customers',
        {
          id: 'BAD000001',
          organisation: 'Bad',
          mainCustomer: { name: 'M', email: 'm@x.example', main: true },
        },
      ],
      { '/mainCustomer/main': unknown },
    ],
    [
      ['admin', 'PUT', `/projects/${id.web}/members/${id.tech}`, { roles: ['full'], role: 'full', 'a/b': 1 }],
      { '/role': unknown, '/a~1b': unknown },
    ],
    [
      ['admin', 'PUT', `/servers/vps-1/assignments/${id.tech}`, { capabilities: [], '': 1 }],
      { '/': unknown },
    ],
    [['admin', 'POST', '/projects', { Name: 'x' }], { '/name': 'is missing', '/Name': unknown }],
  ]
  it.each(rows)('%j', async (asked, wrong) => {
    expect(told(await ask(asked))).toEqual(naming(wrong))
  })

  it('in the query', async () => {
    const { errors, detail } = told(await ask(['admin', 'GET', '/users?emial=x&Type=y']))
    expect(errors).toEqual(['emial', 'Type'].map((pointer) => ({ pointer, detail: unknown })))
    expect(detail).toBe(`In the query: emial ${unknown}; Type ${unknown}`)
  })

  it('but where AuthZEN wants them to be ignored', async () => {
    const question = {
      subject: { type: 'user', id: id.tech, more: 1 },
      action: { name: 'project.read', properties: {} },
      resource: { type: 'project', id: id.web },
      context: { time: 'now' },
    }
    expect((await ask(['operator', 'POST', '/access/v1/evaluation', question])).body.decision).toBe(true)
  })
})

const member = (user: string, project = id.web) => `/projects/${project}/members/${user}`
const assignment = (user: string) => `/servers/vps-1/assignments/${user}`
const twice = 'must not name the same twice'
const role = 'must be `<service>:<level>` or `full`'
const anyRole = `${role}; on \`main\`, \`cdn\``
const ceiling = (detail: string) => ({ status: 409, code: 'type-ceiling', detail, errors: undefined })

describe('roles and capabilities', () => {
  const rows: [path: string, body: object, wrong: object][] = [
    [member(id.tech), { roles: [] }, naming({ '/roles': 'must name at least one role' })],
    [member(id.tech), { roles: ['dns:read', 'full', 'dns:read'] }, naming({ '/roles': twice })],
    [
      member(id.tech),
      { roles: ['dns:read', 'DNS:read', 'dns'] },
      naming({ '/roles/1': anyRole, '/roles/2': anyRole }),
    ],
    [member(id.tech), { roles: ['cdn'] }, naming({ '/roles/0': role })],
    [
      member(id.tech, 'main'),
      { roles: ['dns:read'] },
      naming({ '/roles/0': 'the Main project knows no role but `cdn`' }),
    ],
    [member(id.tech, 'main'), { roles: ['cdn', 'cdn'] }, naming({ '/roles': twice })],
    [member(id.billing), { roles: ['dns:read'] }, ceiling('a billing user holds no OpenStack projects')],
    [
      member(id.billing, 'main'),
      { roles: ['cdn'] },
      ceiling('a billing user holds no role in the Main project'),
    ],
    [assignment(id.tech), { capabilities: ['power', 'power'] }, naming({ '/capabilities': twice })],
    [
      assignment(id.tech),
      { capabilities: ['power', 'fly'] },
      naming({ '/capabilities/1': `must be one of ${capabilities.join(', ')}` }),
    ],
    [assignment(id.billing), { capabilities: [] }, ceiling('a billing user holds no servers')],
  ]
  it.each(rows)('at %s are not %j', async (path, body, wrong) => {
    for (const by of ['admin', 'operator'] as const) {
      expect(told(await ask([by, 'PUT', path, body]))).toEqual(wrong)
    }
  })

  it('are looked at before who is to have them', async () => {
    const nobody = 'usr_00000000000000000000000000'
    const past = { expiresAt: '2020-01-01T00:00:00Z' }
    const future = naming({ '/expiresAt': 'must be in the future' })
    const asked: [path: string, body: object, wrong: object][] = [
      [member(nobody), { roles: ['cdn'] }, naming({ '/roles/0': role })],
      [member(nobody), { roles: [] }, naming({ '/roles': 'must name at least one role' })],
      [
        member(nobody, 'main'),
        { roles: ['full'] },
        naming({ '/roles/0': 'the Main project knows no role but `cdn`' }),
      ],
      [member(nobody), { roles: ['full'], ...past }, future],
      [assignment(nobody), { capabilities: [], ...past }, future],
    ]
    for (const [path, body, wrong] of asked)
      expect(told(await ask(['admin', 'PUT', path, body]))).toEqual(wrong)
  })

  it('may be none on main', async () => {
    for (const user of [id.tech, id.billing]) {
      const answer = await ask(['admin', 'PUT', member(user, 'main'), { roles: [] }])
      expect([answer.status, answer.body.roles]).toEqual([200, []])
    }
  })
})

let count = 0
const grants: [string, (user: string) => string, body: object][] = [
  ['a membership', member, { roles: ['full'] }],
  ['a membership of Main', (user) => member(user, 'main'), { roles: ['cdn'] }],
  ['an assignment', assignment, { capabilities: ['power'] }],
]

describe.each(grants)('%s', (_what, path, body) => {
  it.each([0, -1, -86_400_000])('does not end %i ms from now', async (later) => {
    const expiresAt = new Date(world.now().getTime() + later).toISOString()
    const answer = await ask(['admin', 'PUT', path(id.tech), { ...body, expiresAt }])
    expect(told(answer)).toEqual(naming({ '/expiresAt': 'must be in the future' }))
  })

  it('may end in a millisecond, shown in UTC', async () => {
    const expiresAt = new Date(world.now().getTime() + 1).toISOString()
    const eastern = expiresAt.replace('T12', 'T14').replace('Z', '+02:00')
    const answer = await ask(['admin', 'PUT', path(id.tech), { ...body, expiresAt: eastern }])
    expect(answer.body.expiresAt).toBe(expiresAt)
  })

  it('is not for a user who is disabled or deleted', async () => {
    const user = { email: mail(`gone.${++count}`), name: 'G', type: 'customer-tech' }
    const { body: created } = await ask(['admin', 'POST', '/users', user])
    const there = path(String(created.id))
    await ask(['admin', 'PATCH', `/users/${String(created.id)}`, { status: 'disabled' }])
    expect(told(await ask(['admin', 'PUT', there, body]))).toMatchObject({
      status: 409,
      code: 'conflict',
      detail: 'the user is disabled; enable them before granting anything',
    })
    const seen = { 'if-match': await scene.etag(`/users/${String(created.id)}`) }
    await ask(['admin', 'DELETE', `/users/${String(created.id)}`, undefined, seen])
    expect(told(await ask(['admin', 'PUT', there, body]))).toMatchObject({
      status: 404,
      code: 'not-found',
      detail: 'There is no such user.',
    })
  })
})

describe('If-Match tells what to do where it is', () => {
  const path = `/projects/${id.web}`
  const needed = 'This is hard to take back: If-Match must give the ETag of what was seen, and not "*".'
  const form = 'must be "*" or a list of entity tags in double quotes'
  const rows: [tag: string | undefined, status: number, code: string, detail: string, form?: string][] = [
    [undefined, 428, 'precondition-required', needed],
    ['*', 428, 'precondition-required', needed],
    ['"stale", W/"weak"', 412, 'stale', 'It is not, or not any more, as If-Match says.'],
    ['stale', 400, 'invalid-request', 'The If-Match header is no list of entity tags.', form],
    ['*, "a"', 400, 'invalid-request', 'The If-Match header is no list of entity tags.', form],
  ]
  it.each(rows)('%j', async (tag, status, code, detail, said) => {
    const errors = said === undefined ? undefined : [{ pointer: 'If-Match', detail: said }]
    const headers = tag === undefined ? {} : { 'if-match': tag }
    const answer = await ask(['admin', 'DELETE', path, undefined, headers])
    expect(told(answer)).toEqual({ status, code, detail, errors })
  })
})

it('a key that was used for another body says so', async () => {
  const key = { 'idempotency-key': 'of-bad-input' }
  await ask(['admin', 'POST', '/projects', { name: 'one' }, key])
  const answer = await ask(['admin', 'POST', '/projects', { name: 'two' }, key])
  const detail = 'This Idempotency-Key was used with another method, path or body.'
  expect(told(answer)).toMatchObject({ status: 422, code: 'idempotency-mismatch', detail })
})
