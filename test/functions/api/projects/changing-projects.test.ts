import { describe, expect, it } from 'vitest'
import { because, seedScene } from '../changes.ts'
import { type Answer, startWorld } from '../world.ts'

const world = await startWorld()
const scene = await seedScene(world)
const { at, token, id, customerId } = scene

type Caller = keyof typeof token
async function as(by: Caller, method: string, path: string, body?: unknown) {
  const deletes = method === 'DELETE' && /^\/projects\/[^/]+$/.test(path)
  const etag = deletes ? await scene.etag(path, token.operator) : ''
  const headers = { ...(by === 'operator' && because), ...(etag !== '' && { 'if-match': etag }) }
  return world.send(method, `${at}${path}`, token[by], body, headers)
}
const members = async (projectId: string) =>
  (await as('admin', 'GET', `/projects/${projectId}/members`)).body.items
/** By an operator as well. */
const twice = (by: Caller, rows: Row[]): [Caller, ...Row][] =>
  rows.flatMap((row): [Caller, ...Row][] => [
    [by, ...row],
    ['operator', ...row],
  ])
/** The field that is wrong, or why else it is refused. */
function whatItTells({ status, body }: Answer): unknown {
  const [error] = (body.errors ?? []) as { pointer: string }[]
  return status === 400 ? error?.pointer : body.code
}
type Row = [method: string, path: string, body: unknown, status: number, told?: string]

describe('a project', () => {
  it('is created with everybody in it who is in all', async () => {
    const created = await as('admin', 'POST', '/projects', { name: ' Café ', description: '' })
    expect(created.body).toMatchObject({ name: 'Café', kind: 'openstack', status: 'active', locked: false })
    expect(created.body).not.toHaveProperty('description')
    expect((await members(String(created.body.id))).map(({ userId }) => String(userId)).sort()).toEqual(
      [id.owner, id.admin].sort(),
    )
  })

  it('is renamed and described, and its old name is free', async () => {
    const { body: project } = await as('admin', 'POST', '/projects', { name: 'draft', description: 'first' })
    const path = `/projects/${String(project.id)}`
    const renamed = await as('admin', 'PATCH', path, { name: 'Final/1.0' })
    expect(renamed.body).toMatchObject({ name: 'Final/1.0', description: 'first' })
    expect((await as('admin', 'PATCH', path, { description: '' })).body).not.toHaveProperty('description')
    expect((await as('admin', 'POST', '/projects', { name: 'DRAFT' })).status).toBe(201)
    expect((await as('admin', 'PATCH', path, { name: 'draft' })).body.code).toBe('conflict')
    expect((await as('admin', 'PATCH', path, { name: 'FINAL/1.0' })).status).toBe(200)
  })

  it('that is deleted is gone, and its name is free', async () => {
    const { body: project } = await as('admin', 'POST', '/projects', { name: 'short' })
    const path = `/projects/${String(project.id)}`
    expect((await as('admin', 'DELETE', path)).status).toBe(204)
    for (const by of ['admin', 'operator'] as const) {
      expect((await as(by, 'GET', path)).status).toBe(404)
      expect((await as(by, 'PATCH', path, { name: 'x' })).status).toBe(404)
      expect((await as(by, 'PUT', `${path}/members/${id.tech}`, { roles: ['full'] })).status).toBe(404)
    }
    expect((await as('admin', 'POST', '/projects', { name: 'short' })).status).toBe(201)
  })

  it.each([
    ['ΟΔΟΣ', 'οδος'],
    ['Straße', 'STRASSE'],
    ['sail', 'ſAIL'],
    ['ᏣᎳᎩ', 'ꮳꮃꭹ'],
  ])('called %s has no other beside it called %s', async (name, other) => {
    const { status, body } = await as('admin', 'POST', '/projects', { name })
    expect(status).toBe(201)
    expect((await as('admin', 'POST', '/projects', { name: other })).body.code).toBe('conflict')
    const renamed = await as('admin', 'PATCH', `/projects/${String(body.id)}`, { name: other })
    expect([renamed.status, renamed.body.name]).toEqual([200, other])
  })

  const rows: Row[] = [
    ['POST', '/projects', { name: `${customerId}\u200b` }, 400, '/name'],
    ['POST', '/projects', { name: 'WEB' }, 409, 'conflict'],
    ['POST', '/projects', { name: customerId.toLowerCase() }, 409, 'locked'],
    ['POST', '/projects', { name: 'x'.repeat(55) }, 400, '/name'],
    ['POST', '/projects', { name: 'a\u0007b' }, 400, '/name'],
    ['POST', '/projects', { name: ' ' }, 400, '/name'],
    ['POST', '/projects', {}, 400, '/name'],
    ['POST', '/projects', { name: 'n', description: 'x'.repeat(501) }, 400, '/description'],
    ['POST', '/projects', { name: 'n', description: null }, 400, '/description'],
    ['PATCH', `/projects/${id.web}`, {}, 400, ''],
    ['PATCH', `/projects/${id.web}`, { name: 'OLD' }, 409, 'conflict'],
    ['PATCH', `/projects/${id.web}`, { name: customerId }, 409, 'locked'],
    ['PATCH', `/projects/${id.web}`, { name: '' }, 400, '/name'],
    ['PATCH', `/projects/${id.web}`, { status: 'deleting' }, 400, '/status'],
    ['PATCH', '/projects/main', { name: 'x' }, 409, 'locked'],
    ['DELETE', '/projects/main', undefined, 409, 'locked'],
    ['PATCH', '/projects/prj_none', { name: 'x' }, 404, 'not-found'],
  ]
  it.each(twice('owner', rows))('%s: %s %s %j → %i', async (by, method, path, body, status, told) => {
    const answer = await as(by, method, path, body)
    expect([answer.status, whatItTells(answer)]).toEqual([status, told])
  })
})

describe('a membership', () => {
  it('is given, replaced and ended', async () => {
    const path = `/projects/${id.old}/members/${id.tech}`
    const expiresAt = '2027-02-03T04:05:06.789Z'
    const given = await as('admin', 'PUT', path, {
      roles: ['dns:read', 'compute:manage'],
      expiresAt,
      reason: 'x',
    })
    expect(given.status).toBe(201)
    expect(given.body).toMatchObject({
      projectId: id.old,
      userId: id.tech,
      roles: ['dns:read', 'compute:manage'],
      source: 'explicit',
      grantedBy: `user:${id.admin}`,
      expiresAt,
      reason: 'x',
    })
    const listed = (await members(id.old)).find(({ userId }) => userId === id.tech)
    expect(listed).toEqual({ ...given.body, etag: given.headers.get('etag') })
    const replaced = await as('operator', 'PUT', path, { roles: ['full'] })
    expect([replaced.status, replaced.body.grantedBy]).toEqual([200, 'operator:ops'])
    expect(replaced.body).not.toHaveProperty('expiresAt')
    expect((await as('admin', 'DELETE', path)).status).toBe(204)
    expect((await as('admin', 'DELETE', path)).status).toBe(404)
    expect((await as('tech', 'GET', `/projects/${id.old}`)).status).toBe(404)
  })

  it('that comes with a type is ended and given like any other', async () => {
    const path = `/projects/${id.web}/members/${id.admin}`
    expect((await as('owner', 'PUT', path, { roles: ['dns:read'] })).status).toBe(200)
    expect((await as('owner', 'DELETE', path)).status).toBe(204)
    expect((await members(id.web)).map(({ userId }) => userId)).not.toContain(id.admin)
    expect((await as('owner', 'PUT', path, { roles: ['full'] })).status).toBe(201)
  })

  it('of Main lets in, with or without a role', async () => {
    const path = `/projects/main/members/${id.tech}`
    expect((await as('owner', 'DELETE', path)).status).toBe(204)
    expect((await as('owner', 'GET', `/users/${id.tech}`)).body.mainMember).toBe(false)
    expect((await as('owner', 'PUT', path, { roles: ['cdn'] })).body.roles).toEqual(['cdn'])
    expect((await as('owner', 'PUT', path, { roles: [] })).body.roles).toEqual([])
    expect((await as('owner', 'GET', `/users/${id.tech}`)).body.mainMember).toBe(true)
    expect((await as('tech', 'PUT', path, { roles: ['cdn'] })).status).toBe(403)
  })

  const member = (user: string, project = id.web) => `/projects/${project}/members/${user}`
  const full = { roles: ['full'] }
  const rows: Row[] = [
    ['PUT', member(id.tech), {}, 400, '/roles'],
    ['PUT', member(id.tech), { roles: ['full', 'cdn'] }, 400, '/roles/1'],
    ['PUT', member(id.tech), { roles: 'full' }, 400, '/roles'],
    ['PUT', member(id.tech), { ...full, expiresAt: 'tomorrow' }, 400, '/expiresAt'],
    ['PUT', member(id.tech), { ...full, expiresAt: '2027-02-30T00:00:00Z' }, 400, '/expiresAt'],
    ['PUT', member(id.tech), { ...full, reason: '' }, 400, '/reason'],
    ['PUT', member(id.tech), { ...full, source: 'webhook' }, 400, '/source'],
    ['PUT', member(id.owner), full, 409, 'locked'],
    ['DELETE', member(id.owner, 'main'), undefined, 409, 'locked'],
    ['PUT', member('usr_none'), full, 404, 'not-found'],
    ['PUT', member('a%23b'), full, 404, 'not-found'],
    ['PUT', member(id.tech, 'prj_none'), full, 404, 'not-found'],
    ['DELETE', member(id.billing), undefined, 404, 'not-found'],
    ['DELETE', member('usr_none'), undefined, 404, 'not-found'],
  ]
  it.each(twice('admin', rows))('%s: %s %s %j → %i', async (by, method, path, body, status, told) => {
    const answer = await as(by, method, path, body)
    expect([answer.status, whatItTells(answer)]).toEqual([status, told])
  })
})

const assignment = (user: string, server = 'vps-1') => `/servers/${server}/assignments/${user}`

describe('a server', () => {
  it('is made known, renamed and forgotten, with its assignments', async () => {
    expect((await as('operator', 'PUT', '/servers/v-9', { hostname: 'Nine.example' })).status).toBe(201)
    expect((await as('operator', 'PUT', '/servers/v-9', { hostname: 'ten.example' })).body).toMatchObject({
      id: 'v-9',
      hostname: 'ten.example',
    })
    const path = `/servers/v-9/assignments/${id.tech}`
    const given = await as('admin', 'PUT', path, { capabilities: ['reinstall', 'power'] })
    expect([given.status, given.body.capabilities]).toEqual([201, ['view', 'power', 'reinstall']])
    expect((await as('tech', 'GET', '/servers/v-9')).status).toBe(200)
    expect((await as('operator', 'DELETE', '/servers/v-9')).status).toBe(204)
    expect((await as('operator', 'DELETE', '/servers/v-9')).status).toBe(404)
    expect((await as('tech', 'GET', '/servers/v-9')).status).toBe(404)
    expect((await as('operator', 'PUT', '/servers/v-9', { hostname: 'back.example' })).status).toBe(201)
    expect((await as('admin', 'GET', '/servers/v-9/assignments')).body.items).toEqual([])
  })

  const rows: [Caller, ...Row][] = [
    ['operator', 'PUT', '/servers/.v', { hostname: 'a.example' }, 400, 's'],
    ['operator', 'PUT', '/servers/a%23b', { hostname: 'a.example' }, 400, 's'],
    ['operator', 'PUT', `/servers/${'x'.repeat(129)}`, { hostname: 'a.example' }, 400, 's'],
    ['operator', 'PUT', '/servers/v-1', { hostname: 'a b' }, 400, '/hostname'],
    ['operator', 'PUT', '/servers/v-1', {}, 400, '/hostname'],
    ['operator', 'DELETE', '/servers/a%23b', undefined, 404, 'not-found'],
    ['admin', 'PUT', assignment(id.tech), {}, 400, '/capabilities'],
    ['admin', 'PUT', assignment(id.tech, 'none'), { capabilities: [] }, 404, 'not-found'],
    ['admin', 'PUT', assignment('usr_none'), { capabilities: [] }, 404, 'not-found'],
    ['admin', 'DELETE', assignment(id.billing), undefined, 404, 'not-found'],
  ]
  it.each(rows)('%s: %s %s %j → %i', async (by, method, path, body, status, told) => {
    const answer = await as(by, method, path, body)
    expect([answer.status, whatItTells(answer)]).toEqual([status, told])
  })
})
