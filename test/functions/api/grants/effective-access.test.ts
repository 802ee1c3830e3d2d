import { beforeAll, describe, expect, it } from 'vitest'
import { actionsOn } from '../../../../shared/domain/access/permissions.ts'
import { acme, mail, startAcme } from '../acme.ts'

const { world, at, ids: known, tokens } = await startAcme()
const customerId = acme
const names = ['owner', 'admin', 'billing', 'tech', 'client', 'outside', 'leaver', 'ending'] as const
const ids: Record<string, string> = { ...known }
const { web, early } = known

beforeAll(async () => {
  const tech = { customerId, name: 'T', type: 'customer-tech', main: true }
  await world.event('user.created', { ...tech, email: mail('leaver') })
  await world.event('user.disabled', { customerId, user: mail('leaver') })
  await world.event('user.created', { ...tech, email: mail('ending') })
  const ending = { customerId, user: mail('ending') }
  await world.event('membership.granted', {
    ...ending,
    project: acme,
    roles: ['cdn'],
    expiresAt: '2027-01-01T00:00:00Z',
  })
  await world.event('membership.granted', {
    ...ending,
    project: 'web',
    roles: ['dns:read', 'compute:manage'],
    expiresAt: '2027-02-01T00:00:00Z',
  })
  await world.event('server.assigned', {
    ...ending,
    serverId: 'vps-2',
    capabilities: ['power'],
    expiresAt: '2027-02-01T00:00:00Z',
  })
  for (const name of ['leaver', 'ending']) ids[name] = await world.userId(acme, mail(name))
})

type Item = { resource: { type: string; id: string; name: string }; rights: { permissions: string[] }[] }

async function accessOf(name: string, limit = 200): Promise<(Item & Record<string, unknown>)[]> {
  const items: unknown[] = []
  let cursor: string | undefined
  do {
    const more: string = cursor ? `&cursor=${cursor}` : ''
    const { status, body } = await world.ask(
      `${at}/users/${ids[name]}/access?limit=${limit}${more}`,
      tokens.operator,
    )
    expect(status).toBe(200)
    expect(body.items.length).toBeLessThanOrEqual(limit)
    items.push(...body.items)
    cursor = body.nextCursor
  } while (cursor)
  return items as (Item & Record<string, unknown>)[]
}

describe('the effective access of a user', () => {
  it.each(names)('of the %s is what the decision point allows, and nothing else', async (name) => {
    const told = (await accessOf(name)).flatMap(({ resource, rights }) =>
      rights.flatMap(({ permissions }) =>
        permissions.map((action) => `${resource.type}/${resource.id} ${action}`),
      ),
    )
    const resources = [
      ['customer', acme],
      ['project', 'main'],
      ['project', web],
      ['project', early],
      ['server', 'vps-1'],
      ['server', 'vps-2'],
    ] as const
    const questions = resources.flatMap(([type, id]) =>
      [...actionsOn[type]].map((action) => ({ action: { name: action }, resource: { type, id } })),
    )
    const allowed: string[] = []
    for (let place = 0; place < questions.length; place += 40) {
      const part = questions.slice(place, place + 40)
      const { body } = await world.post(`${at}/access/v1/evaluations`, tokens.check, {
        subject: { type: 'user', id: ids[name] },
        evaluations: part,
      })
      const evaluations = body.evaluations as { decision: boolean }[]
      part.forEach(({ action, resource: { type, id } }, each) => {
        if (evaluations[each]?.decision) allowed.push(`${type}/${id} ${action.name}`)
      })
    }
    expect(told.toSorted()).toEqual(allowed.toSorted())
  })

  it.each([1, 2, 3])('is the same in pages of %i', async (limit) => {
    for (const name of ['owner', 'admin', 'ending']) {
      expect(await accessOf(name, limit)).toEqual(await accessOf(name))
    }
  })

  it('says why and until when: what depends on Main ends with it', async () => {
    const [account, main, project, server] = await accessOf('ending')
    const end = '2027-01-01T00:00:00.000Z'
    const grant = `projects/main/members/${ids.ending}`
    expect(account).toEqual({
      resource: { type: 'customer', id: acme, name: 'Acme' },
      rights: [
        {
          permissions: ['cdn.manage'],
          reason: { code: 'membership', grant, roles: ['cdn'] },
          expiresAt: end,
        },
      ],
    })
    expect(main?.resource).toEqual({ type: 'project', id: 'main', name: acme })
    expect(project).toMatchObject({
      resource: { type: 'project', id: web, name: 'Web' },
      roles: ['compute:manage', 'dns:read'],
      rights: [{ reason: { code: 'membership' }, expiresAt: '2027-02-01T00:00:00.000Z' }],
    })
    expect(server).toMatchObject({
      resource: { type: 'server', id: 'vps-2', name: 'two.acme.example' },
      capabilities: ['view', 'power'],
      rights: [{ reason: { code: 'assignment', capabilities: ['view', 'power'] }, expiresAt: end }],
    })
  })

  it('is everything for the owner, every capability for an admin, and nothing for who is disabled', async () => {
    const owner = await accessOf('owner')
    expect(owner.map(({ resource }) => resource.name)).toEqual([
      'Acme',
      acme,
      'early',
      'Web',
      'one.acme.example',
      'two.acme.example',
    ])
    expect(owner[2]).toMatchObject({ roles: ['full'], rights: [{ reason: { code: 'owner' } }] })
    const admin = await accessOf('admin')
    expect(admin.find(({ resource }) => resource.id === early)).toMatchObject({
      roles: [],
      rights: [{ permissions: ['project.read', 'project.manage'], reason: { code: 'type' } }],
    })
    const server = admin.find(({ resource }) => resource.id === 'vps-1')
    expect(server).toMatchObject({ rights: [{ reason: { code: 'type' } }] })
    expect(server?.capabilities).toHaveLength(12)
    expect(await accessOf('leaver')).toEqual([])
  })

  it('may be asked about oneself, and by who reads users', async () => {
    expect(await statusFor('tech', 'tech')).toBe(200)
    expect(await statusFor('admin', 'tech')).toBe(200)
    expect(await statusFor('tech', 'client')).toBe(403)
  })
})

const statusFor = async (name: string, of: string): Promise<number> =>
  (await world.ask(`${at}/users/${ids[of]}/access`, tokens[name])).status
