import { beforeAll, describe, expect, it } from 'vitest'
import { acme, mail, other, startAcme } from '../acme.ts'
import type { Answer } from '../world.ts'

const { world, at, ids, tokens } = await startAcme()
const { tech: techId, web } = ids
const customerId = acme

beforeAll(async () => {
  const zurich = { customerId: 'ZUR000003', organisation: 'Bäckerei Zürich' }
  await world.event('customer.created', { ...zurich, mainCustomer: { name: 'Otto', email: mail('owner') } })
  await world.event('user.updated', { customerId, user: mail('tech'), name: 'Tomé Ford' })
  await world.event('project.created', { customerId, name: 'Älteres Archiv' })
  const archive = { project: 'Älteres Archiv', roles: ['full'], expiresAt: '2026-12-24T00:00:00Z' }
  await world.event('membership.granted', { customerId, user: mail('tech'), ...archive })
})

async function found(who: string, path: string, field: string): Promise<unknown[]> {
  const { status, body } = await world.ask(path, tokens[who])
  expect([path, status]).toEqual([path, 200])
  return body.items.map((item: Record<string, unknown>) => item[field])
}

describe('operators find customers', () => {
  it.each([
    ['organisation=ZÜR', ['ZUR000003']],
    ['organisation=e', [acme, other, 'ZUR000003']],
    ['organisation=e&status=closed', []],
    ['organisation=nothing', []],
    ['id=ZUR', ['ZUR000003']],
    [`id=${other}`, [other]],
    [`id=A&organisation=acm`, [acme]],
    [`email=${mail('OWNER')}`, [acme, 'ZUR000003']],
    [`email=${mail('owner')}&organisation=acme`, [acme]],
    [`email=${mail('stranger')}`, [other]],
    ['email=nobody@acme.example', []],
  ])('by %s', async (query, expected) => {
    expect(await found('operator', `/v1/customers?${query}`, 'id')).toEqual(expected)
    const paged: unknown[] = []
    let cursor = ''
    do {
      const { body }: Answer = await world.ask(`/v1/customers?${query}&limit=1${cursor}`, tokens.operator)
      paged.push(...body.items.map(({ id }) => id))
      cursor = body.nextCursor ? `&cursor=${body.nextCursor}` : ''
    } while (cursor)
    expect(paged).toEqual(expected)
  })

  it('not by an address that is free again', async () => {
    await world.event('user.deleted', { customerId, user: mail('outside') })
    expect(await found('operator', `/v1/customers?email=${mail('outside')}`, 'id')).toEqual([])
  })

  it('and nobody else does', async () => {
    expect((await world.ask('/v1/customers?email=owner@acme.example', tokens.owner)).status).toBe(403)
  })
})

const endingBefore = (time: string) => `${at}/users/${techId}/grants?expiresBefore=${time}`

describe('searches ignore case', () => {
  it.each([
    ['owner', () => `${at}/users?name=FORD`, 'email', [mail('tech')]],
    ['owner', () => `${at}/users?name=tech@`, 'email', [mail('tech')]],
    ['owner', () => `${at}/users?name=ford&type=customer-client`, 'email', []],
    ['owner', () => `${at}/projects?name=älTER`, 'name', ['Älteres Archiv']],
    ['tech', () => `${at}/projects?name=e`, 'name', ['Web', 'Älteres Archiv']],
    ['tech', () => `${at}/projects?name=early`, 'name', []],
    ['owner', () => `${at}/servers?name=TWO.acme`, 'id', ['vps-2']],
    ['owner', () => `${at}/servers?name=VPS`, 'id', ['vps-1', 'vps-2']],
    ['tech', () => `${at}/servers?name=two`, 'id', []],
    ['owner', () => `${at}/projects/${web}/members?user=ford`, 'email', [mail('tech')]],
    ['owner', () => `${at}/projects/${web}/members?user=${techId}`, 'email', [mail('tech')]],
    ['owner', () => `${at}/projects/${web}/members?role=compute:read&user=ford`, 'email', [mail('tech')]],
    ['owner', () => `${at}/projects/${web}/members?role=compute:manage&user=ford`, 'email', []],
    ['owner', () => `${at}/projects/${web}/members?role=full`, 'email', [mail('owner'), mail('admin')]],
    ['client', () => `${at}/projects/${web}/members?role=compute:read`, 'email', []],
    ['client', () => `${at}/projects/${web}/members?role=dns:read`, 'email', [mail('client')]],
    ['owner', () => `${at}/servers/vps-1/assignments?capability=power`, 'email', [mail('tech')]],
    ['owner', () => `${at}/servers/vps-1/assignments?user=client&capability=power`, 'email', []],
    ['client', () => `${at}/servers/vps-1/assignments?user=tech`, 'email', []],
    ['tech', () => `${at}/users/${techId}/grants?kind=server`, 'serverId', ['vps-1']],
    ['tech', () => `${at}/users/${techId}/grants?name=web`, 'projectName', ['Web']],
    ['tech', () => `${at}/users/${techId}/grants?capability=power`, 'serverId', ['vps-1']],
    ['tech', () => `${at}/users/${techId}/grants?role=dns:manage`, 'projectName', ['Älteres Archiv']],
    ['tech', () => endingBefore('2026-12-24T00:00:01Z'), 'projectName', ['Älteres Archiv']],
    ['tech', () => endingBefore('2026-12-24T00:00:00Z'), 'projectName', []],
  ] satisfies [string, () => string, string, string[]][])('%s: %s', async (who, path, field, wanted) => {
    const shown = await found(who, path(), field)
    expect(new Set(shown)).toEqual(new Set(wanted))
    expect(shown).toHaveLength(wanted.length)
  })

  const bad = ['/users?name=', '/projects?name=', `/projects?name=${'x'.repeat(201)}`]
  it.each([...bad, '/users?expiresBefore=now'])(
    'and what cannot be looked for is refused: %.40s',
    async (query) => {
      expect((await world.ask(`${at}${query}`, tokens.owner)).status).toBe(400)
    },
  )
})
