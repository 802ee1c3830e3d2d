import { beforeAll, describe, expect, it } from 'vitest'
import { acme, mail, seedAcme } from './acme.ts'
import { startWorld } from './world.ts'

const world = await startWorld()
await seedAcme(world)
const ulid = '[0-9A-HJKMNP-TV-Z]{26}'
const time = expect.stringMatching(/^2026-11-23T12:00:00\.\d{3}Z$/)
const times = { createdAt: time, updatedAt: time }
const at = `/v1/customers/${acme}`
const ids = {
  owner: await world.userId(acme, mail('owner')),
  tech: await world.userId(acme, mail('tech')),
  client: await world.userId(acme, mail('client')),
  web: await world.projectId(acme, 'web'),
  early: await world.projectId(acme, 'early'),
}
const tokens: Record<string, string> = {}
beforeAll(async () => {
  for (const name of ['owner', 'admin', 'tech', 'client', 'outside', 'billing'])
    tokens[name] = await world.person(mail(name))
  tokens.operator = await world.operator()
})
const get = async (path: string, who = 'owner') => (await world.ask(path, tokens[who])).body
const idsOf = async (path: string, who: string) => (await get(path, who)).items.map(({ id }) => id)

describe('a project', () => {
  it('is represented, Main locked', async () => {
    expect(await get(`${at}/projects/${ids.early}`)).toEqual({
      id: expect.stringMatching(`^prj_${ulid}$`),
      customerId: acme,
      kind: 'openstack',
      name: 'early',
      description: 'before the admins',
      status: 'active',
      locked: false,
      openstack: { state: 'off', name: `${acme}_early`, since: time },
      ...times,
    })
    expect(await get(`${at}/projects/main`)).toEqual({
      id: 'main',
      customerId: acme,
      kind: 'main',
      name: acme,
      description: 'Main Customer Interface Project',
      status: 'active',
      locked: true,
      lockReason: expect.any(String),
      ...times,
    })
  })

  it.each([
    ['operator', ['main', ids.early, ids.web]],
    ['owner', ['main', ids.early, ids.web]],
    ['admin', ['main', ids.early, ids.web]],
    ['tech', ['main', ids.web]],
    ['client', ['main', ids.web]],
    ['outside', [ids.early]],
  ])('is listed for %s', async (who, expected) => {
    expect(await idsOf(`${at}/projects`, who)).toEqual(expected)
  })

  it.each([
    ['owner', ['owner', 'admin', 'tech', 'client']],
    ['tech', ['owner', 'admin', 'tech', 'client']],
    ['client', ['client']],
  ])('shows %s its members', async (who, expected) => {
    const { items } = await get(`${at}/projects/${ids.web}/members`, who)
    expect(items.map(({ email }) => email)).toEqual(expected.map(mail))
  })

  it('shows the members of Main', async () => {
    const { items } = await get(`${at}/projects/main/members`, 'operator')
    const expected = ['owner', 'admin', 'billing', 'tech', 'client'].map(mail)
    expect(items.map(({ email }) => email)).toEqual(expected)
  })
})

describe('a server', () => {
  it('is represented', async () => {
    expect(await get(`${at}/servers/vps-1`, 'tech')).toEqual({
      id: 'vps-1',
      customerId: acme,
      hostname: 'one.acme.example',
      ...times,
    })
  })

  it.each([
    ['operator', ['vps-1', 'vps-2']],
    ['admin', ['vps-1', 'vps-2']],
    ['tech', ['vps-1']],
    ['client', ['vps-1']],
  ])('is listed for %s', async (who, expected) => {
    expect(await idsOf(`${at}/servers`, who)).toEqual(expected)
  })

  it.each([
    ['tech', ['tech', 'client']],
    ['client', ['client']],
  ])('shows %s who is assigned', async (who, expected) => {
    const { items } = await get(`${at}/servers/vps-1/assignments`, who)
    expect(items.map(({ email }) => email)).toEqual(expected.map(mail))
  })
})
