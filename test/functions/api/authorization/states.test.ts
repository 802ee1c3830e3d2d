import { describe, expect, it } from 'vitest'
import { type Scene, seedScene } from '../changes.ts'
import { startWorld } from '../world.ts'

const world = await startWorld()
const paths = ['', '/contact', '/users', '/projects', '/projects/main', '/projects/x', '/servers', '/events']
const kept = ['contact.read', 'contact.update', 'billing.read', 'billing.update']

type Happens = (scene: Scene) => [type: string, data: object]
const onCustomer =
  (type: string): Happens =>
  () => [type, {}]
/** What an admin may still do, and read although nothing is left of that. */
const states: [string, Happens, { left: string[]; readable: string[]; detail: string }][] = [
  [
    'of a suspended customer',
    onCustomer('customer.suspended'),
    {
      left: kept,
      readable: ['/contact'],
      detail: 'the customer is suspended, which leaves its contact and billing information only',
    },
  ],
  [
    'of a closed customer',
    onCustomer('customer.closed'),
    { left: [], readable: [], detail: 'the customer is closed' },
  ],
  [
    'who is disabled',
    ({ mail }) => ['user.disabled', { user: mail('admin') }],
    { left: [], readable: [], detail: 'the user is disabled' },
  ],
  [
    'who was removed from Main',
    ({ customerId, mail }) => ['membership.revoked', { project: customerId, user: mail('admin'), roles: [] }],
    { left: [], readable: ['/projects'], detail: 'the user is not a member of the Main project' },
  ],
]

describe.each(states)('an admin %s', async (_name, happens, { left, readable, detail }) => {
  const scene = await seedScene(world)
  const [type, data] = happens(scene)
  await world.event(type, { customerId: scene.customerId, ...data })

  it('gets the reason', async () => {
    for (const path of paths) {
      const { status, body } = await world.ask(`${scene.at}${path}`, scene.token.admin)
      expect([path, status]).toEqual([path, readable.includes(path) ? 200 : 403])
      expect(String(body.detail).includes(detail)).toBe(status === 403)
    }
  })

  it('may always ask who it is', async () => {
    const { body } = await world.ask('/v1/me', scene.token.admin)
    expect(body.items).toMatchObject([
      { customer: { id: scene.customerId }, user: { id: scene.id.admin }, permissions: left },
    ])
  })

  it('is read by operators all the same', async () => {
    for (const path of paths.filter((each) => each !== '/projects/x'))
      expect([path, (await world.ask(`${scene.at}${path}`, scene.token.operator)).status]).toEqual([
        path,
        200,
      ])
    expect((await world.ask(`${scene.at}/export`, scene.token.operator)).status).toBe(200)
  })
})

it('a grant is shown with its end and gives nothing once that has come', async () => {
  const { at, customerId, id, mail, token } = await seedScene(world)
  const expiresAt = new Date(world.now().getTime() + 60_000).toISOString()
  const terms = { customerId, user: mail('tech'), expiresAt }
  await world.event('membership.granted', { ...terms, project: 'web', roles: ['full'] })
  await world.event('server.assigned', { ...terms, serverId: 'vps-1', capabilities: [] })
  const statuses = async () =>
    Promise.all(
      [`/projects/${id.web}`, '/servers/vps-1'].map(
        async (path) => (await world.ask(`${at}${path}`, token.tech)).status,
      ),
    )
  expect(await statuses()).toEqual([200, 200])
  world.setTime(new Date(expiresAt))
  expect(await statuses()).toEqual([404, 404])
  const itemsAt = async (path: string, by: string) => (await world.ask(`${at}${path}`, by)).body.items
  expect((await itemsAt('/projects', token.tech)).map(({ name }) => name)).toEqual([customerId])
  expect(await itemsAt('/servers', token.tech)).toEqual([])
  const members = await itemsAt(`/projects/${id.web}/members`, token.owner)
  expect(members).toContainEqual(expect.objectContaining({ email: mail('tech'), expiresAt }))
  const grants = await itemsAt(`/users/${id.tech}/grants`, token.owner)
  expect(grants.filter((grant) => grant.expiresAt === expiresAt)).toHaveLength(2)
})
