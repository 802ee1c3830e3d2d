import { describe, expect, it } from 'vitest'
import { acme, mail, startAcme } from '../acme.ts'

const { at, ids, get } = await startAcme()
const ulid = '[0-9A-HJKMNP-TV-Z]{26}'
const time = expect.stringMatching(/^2026-11-23T12:00:00\.\d{3}Z$/)
const times = { createdAt: time, updatedAt: time }
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
