import { describe, expect, it } from 'vitest'
import { acme, mail, startAcme } from '../acme.ts'

const { at, ids, get } = await startAcme()
const ulid = '[0-9A-HJKMNP-TV-Z]{26}'
const time = expect.stringMatching(/^2026-11-23T12:00:00\.\d{3}Z$/)
const times = { createdAt: time, updatedAt: time }

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
})
