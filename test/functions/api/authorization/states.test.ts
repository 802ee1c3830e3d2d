import { beforeAll, describe, expect, it } from 'vitest'
import { acme, mail, seedAcme } from '../acme.ts'
import { startWorld } from '../world.ts'

const at = `/v1/customers/${acme}`
const paths = [
  '',
  '/contact',
  '/users',
  '/projects',
  '/projects/main',
  '/projects/x',
  '/servers',
  '/servers/vps-1',
  '/events',
]

type Expected = { contact: number; others: number; detail: string }
const states: [string, [type: string, data: object][], string, Expected][] = [
  [
    'of a suspended customer',
    [['customer.suspended', {}]],
    'admin',
    {
      contact: 200,
      others: 403,
      detail: 'the customer is suspended, which leaves its contact and billing information only',
    },
  ],
  [
    'of a closed customer',
    [['customer.closed', {}]],
    'admin',
    { contact: 403, others: 403, detail: 'the customer is closed' },
  ],
  [
    'who is disabled',
    [['user.disabled', { user: mail('admin') }]],
    'admin',
    { contact: 403, others: 403, detail: 'the user is disabled' },
  ],
  [
    'who was removed from Main',
    [['membership.revoked', { project: acme, user: mail('admin'), roles: [] }]],
    'admin',
    { contact: 403, others: 403, detail: 'the user is not a member of the Main project' },
  ],
]

describe.each(states)('a user %s', (name, events, who, expected) => {
  const started = startWorld()
  let token = ''
  beforeAll(async () => {
    const world = await started
    await seedAcme(world)
    token = await world.person(mail(who))
    await world.ask('/v1/me', token)
    for (const [type, data] of events) await world.event(type, { customerId: acme, ...data })
  })

  it('gets the reason', async () => {
    const world = await started
    for (const path of paths) {
      const { status, body } = await world.ask(`${at}${path}`, token)
      const isRead = name.includes('Main') && path === '/projects'
      const allowed = path === '/contact' ? expected.contact : isRead ? 200 : expected.others
      expect([path, status]).toEqual([path, allowed])
      expect(String(body.detail).includes(expected.detail)).toBe(status === 403)
    }
  })

  it('may always ask who it is', async () => {
    const world = await started
    const { status, body } = await world.ask('/v1/me', token)
    expect(status).toBe(200)
    expect(body.items).toMatchObject([{ customer: { id: acme }, user: { email: mail(who), name: who } }])
    const kept =
      expected.contact === 200 ? ['contact.read', 'contact.update', 'billing.read', 'billing.update'] : []
    expect(body.items[0]?.permissions).toEqual(kept)
  })

  it('is read by operators all the same', async () => {
    const world = await started
    const operator = await world.operator()
    for (const path of paths.filter((each) => each !== '/projects/x'))
      expect([path, (await world.ask(`${at}${path}`, operator)).status]).toEqual([path, 200])
    expect((await world.ask(`${at}/export`, operator)).status).toBe(200)
  })
})

describe('an admin who was removed from Main', async () => {
  const world = await startWorld()
  await seedAcme(world)
  const admin = await world.person(mail('admin'))
  await world.event('membership.revoked', { customerId: acme, project: acme, user: mail('admin'), roles: [] })
  const web = await world.projectId(acme, 'web')
  const early = await world.projectId(acme, 'early')

  it('still reads the projects it is in, and no others', async () => {
    const list = await world.ask(`${at}/projects`, admin)
    expect(list.body.items.map(({ name }) => name)).toEqual(['Web'])
    expect((await world.ask(`${at}/projects/${web}`, admin)).status).toBe(200)
    expect((await world.ask(`${at}/projects/${early}`, admin)).status).toBe(403)
    expect((await world.ask(`${at}/projects/prj_1`, admin)).status).toBe(403)
  })

  it('is no member of Main any more', async () => {
    const owner = await world.person(mail('owner'))
    const members = await world.ask(`${at}/projects/main/members`, owner)
    expect(members.body.items.map(({ email }) => email)).not.toContain(mail('admin'))
    const users = await world.ask(`${at}/users?email=${mail('admin')}`, owner)
    expect(users.body.items).toMatchObject([{ mainMember: false }])
  })
})

describe('a grant that has ended', async () => {
  const world = await startWorld()
  await seedAcme(world)
  const tech = await world.person(mail('tech'))
  const client = await world.person(mail('client'))
  const clientId = await world.userId(acme, mail('client'))
  const web = await world.projectId(acme, 'web')
  const expiresAt = new Date(world.now().getTime() + 60_000).toISOString()
  const user = mail('tech')
  await world.event('membership.granted', {
    customerId: acme,
    project: 'Web',
    user,
    roles: ['full'],
    expiresAt,
  })
  await world.event('server.assigned', {
    customerId: acme,
    serverId: 'vps-1',
    user,
    capabilities: [],
    expiresAt,
  })

  it('is shown with its end and gives nothing once it has come', async () => {
    expect((await world.ask(`${at}/projects/${web}`, tech)).status).toBe(200)
    expect((await world.ask(`${at}/servers/vps-1`, tech)).status).toBe(200)
    world.setTime(new Date(expiresAt))
    expect((await world.ask(`${at}/projects/${web}`, tech)).status).toBe(404)
    expect((await world.ask(`${at}/servers/vps-1`, tech)).status).toBe(404)
    expect((await world.ask(`${at}/projects`, tech)).body.items.map(({ name }) => name)).toEqual([acme])
    expect((await world.ask(`${at}/servers`, tech)).body.items).toEqual([])
    const owners = await world.person(mail('owner'))
    const members = await world.ask(`${at}/projects/${web}/members`, owners)
    expect(members.body.items).toContainEqual(expect.objectContaining({ email: user, expiresAt }))
    const grants = await world.ask(`${at}/users/${await world.userId(acme, user)}/grants`, owners)
    expect(grants.body.items.filter((grant) => grant.expiresAt === expiresAt)).toHaveLength(2)
  })

  it('is gone when it was deleted', async () => {
    await world.event('user.deleted', { customerId: acme, user: mail('client') })
    expect((await world.ask(at, client)).status).toBe(404)
    expect((await world.ask('/v1/me', client)).body.items).toEqual([])
    const owners = await world.person(mail('owner'))
    expect((await world.ask(`${at}/users/${clientId}`, owners)).status).toBe(404)
    await world.event('project.deleted', { customerId: acme, name: 'Web' })
    expect((await world.ask(`${at}/projects/${web}`, owners)).status).toBe(404)
    expect((await world.ask(`${at}/projects/${web}`, await world.operator())).status).toBe(404)
    await world.event('server.deleted', { customerId: acme, serverId: 'vps-1' })
    expect((await world.ask(`${at}/servers/vps-1`, owners)).status).toBe(404)
  })
})
