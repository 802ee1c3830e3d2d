import { describe, expect, it } from 'vitest'
import { acme, mail, other, startAcme } from '../acme.ts'

const { world, at, ids, get } = await startAcme()
const ulid = '[0-9A-HJKMNP-TV-Z]{26}'
const time = expect.stringMatching(/^2026-11-23T12:00:00\.\d{3}Z$/)
const times = { createdAt: time, updatedAt: time }
const idsOf = async (path: string, who: string) => (await get(path, who)).items.map(({ id }) => id)

const list = async (query: string) => (await get(`${at}/users${query}`)).items.map(({ name }) => name)
const projects = async (id: string) =>
  (await get(`${at}/users/${id}/grants`)).items.map(({ projectName, source }) => [projectName, source])

describe('a customer', () => {
  it('is represented', async () => {
    expect(await get(at)).toEqual({
      id: acme,
      organisation: 'Acme',
      status: 'active',
      mainCustomerId: ids.owner,
      ...times,
    })
  })

  it('has a contact and billing information', async () => {
    expect(await get(`${at}/contact`, 'billing')).toEqual({
      name: 'Front desk',
      email: 'desk@acme.example',
      address: { street: 'Main Street 1', city: 'Leiden', postalCode: '2311', country: 'NL' },
      ...times,
    })
    const billing = { companyName: 'Acme Ltd', vatNumber: 'XX123', ...times }
    expect(await get(`${at}/billing`, 'billing')).toEqual(billing)
    expect(await get(`/v1/customers/${other}/contact`, 'operator')).toEqual(times)
  })

  it('is among all customers, for operators', async () => {
    expect(await idsOf('/v1/customers', 'operator')).toEqual([acme, other])
    expect(await idsOf('/v1/customers?status=active', 'operator')).toEqual([acme, other])
    expect(await idsOf('/v1/customers?status=closed', 'operator')).toEqual([])
  })
})

describe('a user', () => {
  it('is represented', async () => {
    expect(await get(`${at}/users/${ids.client}`)).toEqual({
      id: expect.stringMatching(`^usr_${ulid}$`),
      customerId: acme,
      email: mail('client'),
      name: 'client',
      type: 'customer-client',
      status: 'active',
      locked: false,
      mainMember: true,
      loginLinked: false,
      ...times,
    })
  })

  it('is locked as the main-customer', async () => {
    expect(await get(`${at}/users/${ids.owner}`)).toMatchObject({
      type: 'main-customer',
      locked: true,
      lockReason: expect.any(String),
      mainMember: true,
      loginLinked: true,
    })
  })

  it('is listed by e-mail address, filtered as asked', async () => {
    expect(await list('')).toEqual(['admin', 'billing', 'client', 'outside', 'Olga', 'tech'])
    expect(await list('?type=customer-tech')).toEqual(['outside', 'tech'])
    expect(await list('?status=disabled')).toEqual([])
    expect(await list('?email=TECH@acme.example')).toEqual(['tech'])
    expect(await list('?email=tech@acme.example&type=customer-admin')).toEqual([])
    expect(await list('?email=who@acme.example')).toEqual([])
  })

  it('shows who is a member of Main', async () => {
    const { items } = await get(`${at}/users`)
    expect(items.filter(({ mainMember }) => !mainMember).map(({ name }) => name)).toEqual(['outside'])
  })

  it('has grants: Main, projects, servers', async () => {
    const who = { userId: ids.tech, email: mail('tech') }
    const granted = { source: 'webhook', grantedBy: 'webhook:orders', grantedAt: time }
    const terms = { ...granted, ...times, etag: expect.any(String) }
    const server = { serverId: 'vps-1', hostname: 'one.acme.example' }
    expect(await get(`${at}/users/${ids.tech}/grants`, 'tech')).toEqual({
      items: [
        { projectId: 'main', projectName: acme, ...who, roles: [], ...terms },
        { projectId: ids.web, projectName: 'Web', ...who, roles: ['compute:operate'], ...terms },
        { ...server, ...who, capabilities: ['view', 'power'], ...terms },
      ],
    })
  })

  it('has the memberships that come with the type among its grants', async () => {
    const admin = await world.userId(acme, mail('admin'))
    expect(await projects(admin)).toEqual([
      [acme, 'type'],
      ['Web', 'type'],
    ])
    expect(await projects(ids.owner)).toEqual([
      [acme, 'type'],
      ['early', 'type'],
      ['Web', 'type'],
    ])
    expect(await projects(await world.userId(acme, mail('billing')))).toEqual([[acme, 'type']])
  })
})
