import { requestTo, taggedPlace } from './changes/route-requests.ts'
import { openReview } from './open-review.ts'
import { type Template, templateOrCopy } from './scene-template.ts'
import type { Answer, World } from './world.ts'

export type ChangeRequest = {
  method: string
  path: string
  token: string
  body?: unknown
  headers?: Record<string, string>
}

let scenes = 0

const names = ['owner', 'admin', 'tech', 'billing'] as const
const byName = <T>(values: T[]) =>
  Object.fromEntries(names.map((name, place) => [name, values[place]])) as Record<(typeof names)[number], T>

/** A customer of its own with somebody of each kind, whose logins are linked, a project and a server. */
export async function seedScene(world: World) {
  const number = ++scenes
  const customerId = `SCN${String(number).padStart(6, '0')}`
  const at = `/v1/customers/${customerId}`
  const mail = (name: string) => `${name}.${number}@scene.example`
  const mails = names.map(mail)
  const tokens = await Promise.all(mails.map((address) => world.person(address)))
  const operator = await world.operator()
  const { ids } = await templateOrCopy(world, () => makeScene(world, customerId, mail, tokens), {
    customerId,
    mails,
  })
  const etagAt = async (path: string, token = tokens[0]) =>
    (await world.ask(path, token)).headers.get('etag') ?? ''
  let review: Promise<string> | undefined
  return {
    world,
    customerId,
    at,
    mail,
    token: { ...byName(tokens), operator },
    id: ids as Record<(typeof names)[number] | 'web' | 'old', string>,
    /** Id of an open review of all that is held, which begins when it's first asked for. */
    review: () => (review ??= openReview(world, { customerId, operator })),
    /** The ETag of what is there. */
    etag: (path: string, token?: string) => etagAt(`${at}${path}`, token),
    etagAt,
    /** Of this customer, or of another by its path. */
    events: async (path = at) => (await world.ask(`${path}/events?limit=200`, operator)).body.items ?? [],
  }
}

async function makeScene(
  world: World,
  customerId: string,
  mail: (name: string) => string,
  tokens: readonly string[],
): Promise<Template> {
  await world.event('customer.created', {
    customerId,
    organisation: 'Scene',
    mainCustomer: { name: 'Olga', email: mail('owner') },
  })
  await world.event('project.created', { customerId, name: 'old' })
  const userCreated = (name: string, type: string) =>
    world.event('user.created', { customerId, email: mail(name), name, type, main: true })
  await userCreated('admin', 'customer-admin')
  await Promise.all([
    userCreated('tech', 'customer-tech'),
    userCreated('billing', 'customer-billing'),
    world.event('project.created', { customerId, name: 'web' }),
    world.event('server.created', { customerId, serverId: 'vps-1', hostname: 'one.scene.example' }),
  ])
  const user = { customerId, user: mail('tech') }
  await Promise.all([
    world.event('membership.granted', { ...user, project: 'web', roles: ['dns:read'] }),
    world.event('server.assigned', { ...user, serverId: 'vps-1', capabilities: ['power'] }),
  ])
  // Links their logins.
  await Promise.all(tokens.map((token) => world.ask(`/v1/customers/${customerId}/contact`, token)))
  const ids: Record<string, string> = {}
  for (const name of names) ids[name] = await world.userId(customerId, mail(name))
  for (const name of ['web', 'old']) ids[name] = await world.projectId(customerId, name)
  return { customerId, mails: names.map(mail), ids }
}

export type Scene = Awaited<ReturnType<typeof seedScene>>

export const because = { 'x-reason': 'the tests say so' }

/** Who asks, what the path names besides the scene's own, and the body. */
type Asked = { by: keyof Scene['token']; named?: Record<string, string>; body?: unknown }
type Maker = (scene: Scene) => Asked | Promise<Asked>

const byOperator = () => ({ by: 'operator' }) as const
const byAdmin = () => ({ by: 'admin' }) as const

/** For each changing route, by its id, what succeeds at a fresh scene. */
const makers: Record<string, Maker> = {
  createCustomer: ({ customerId }) => ({
    by: 'operator',
    body: {
      id: customerId.replace('SCN', 'NEW'),
      organisation: 'New',
      mainCustomer: { name: 'Nora', email: 'nora@new.example' },
    },
  }),
  updateCustomer: () => ({ by: 'owner', body: { organisation: 'Renamed' } }),
  suspendCustomer: byOperator,
  resumeCustomer: async (scene) => {
    await send(scene, await changeAt(scene, 'suspendCustomer'))
    return { by: 'operator' }
  },
  closeCustomer: byOperator,
  replaceContact: () => ({ by: 'billing', body: { name: 'Desk', email: 'Desk@Scene.example' } }),
  replaceBilling: () => ({ by: 'billing', body: { companyName: 'Scene Ltd', vatNumber: 'NL123' } }),
  createUser: ({ mail }) => ({
    by: 'admin',
    body: { email: mail('new'), name: 'New', type: 'customer-client', main: true },
  }),
  updateUser: () => ({ by: 'admin', body: { name: 'Renamed', status: 'disabled' } }),
  deleteUser: byAdmin,
  unlinkLogin: byAdmin,
  inviteUser: async ({ world, at, token, mail }) => {
    const guest = { email: mail('guest'), name: 'Guest', type: 'customer-client' }
    const { body } = await world.send('POST', `${at}/users`, token.admin, guest)
    return { by: 'admin', named: { u: String(body.id) } }
  },
  setMailPreference: () => ({ by: 'tech', body: { optedOut: true } }),
  changeUserType: ({ id }) => ({
    by: 'admin',
    named: { u: id.admin },
    body: { type: 'customer-tech', keep: [id.web] },
  }),
  offerOwnership: ({ id }) => ({ by: 'owner', body: { to: id.admin } }),
  withdrawOwnership: async (scene) => {
    await offered(scene)
    return { by: 'owner' }
  },
  acceptOwnership: async (scene) => {
    await offered(scene)
    return { by: 'admin' }
  },
  forceOwnership: ({ id }) => ({ by: 'operator', body: { to: id.admin } }),
  createProject: () => ({ by: 'admin', body: { name: 'New', description: 'of the tests' } }),
  updateProject: () => ({ by: 'admin', body: { name: 'Site', description: 'described' } }),
  deleteProject: byAdmin,
  putMember: ({ id }) => ({
    by: 'admin',
    named: { p: id.old },
    body: { roles: ['compute:operate'], expiresAt: '2027-01-01T00:00:00Z', reason: 'a while' },
  }),
  removeMember: byAdmin,
  putServer: () => ({ by: 'operator', named: { s: 'vps-2' }, body: { hostname: 'Two.scene.example' } }),
  deleteServer: byOperator,
  putAssignment: ({ id }) => ({ by: 'admin', named: { u: id.admin }, body: { capabilities: ['console'] } }),
  removeAssignment: byAdmin,
  replaceReviewPolicy: ({ id }) => ({
    by: 'admin',
    body: {
      everyMonths: 6,
      days: 10,
      reviewers: ['admins', 'project', id.billing],
      scope: { projects: [id.web], origins: ['explicit'] },
      unanswered: 'revoke',
    },
  }),
  startReview: () => ({ by: 'admin', body: { scope: { types: ['customer-tech'] } } }),
  decideReviewItem: async ({ review }) => ({
    by: 'admin',
    named: { r: await review() },
    body: { decision: 'keep', until: '2027-01-01T00:00:00Z', reason: 'until the move' },
  }),
  decideReviewItems: async ({ id, review }) => ({
    by: 'admin',
    named: { r: await review() },
    body: {
      decisions: [
        { item: `${id.tech}.project.${id.web}`, decision: 'revoke' },
        { item: `${id.tech}.server.vps-1`, decision: 'reduce', capabilities: [] },
      ],
    },
  }),
  applyReview: async ({ review }) => ({ by: 'admin', named: { r: await review() } }),
  cancelReview: async ({ review }) => ({ by: 'admin', named: { r: await review() } }),
  retryDelivery: async ({ world, customerId, mail }) => {
    await world.deliver(`late-${customerId}`, 'user.deleted', { customerId, user: mail('nobody') })
    return { by: 'operator', named: { id: `late-${customerId}` } }
  },
}

export const changed = Object.keys(makers)

/** A request to a changing route, with what is required of it: a reason, the ETag of what it changes. */
export async function changeAt(scene: Scene, route: string): Promise<ChangeRequest> {
  const make = makers[route]
  if (!make) throw new Error(`nothing tries ${route}`)
  const { by, named, body } = await make(scene)
  const { customerId, id, token } = scene
  const known = { c: customerId, u: id.tech, p: id.web, s: 'vps-1', i: `${id.tech}.project.${id.web}` }
  const request = requestTo(route, { ...known, source: 'orders', ...named })
  const { method, path, isMatchRequired } = request
  const seen = isMatchRequired && { 'if-match': await scene.etagAt(taggedPlace(request)) }
  return { method, path, token: token[by], body, headers: { ...(by === 'operator' && because), ...seen } }
}

/** The ETag of an offer to the admin. */
export async function offered(scene: Scene): Promise<string> {
  return (await send(scene, await changeAt(scene, 'offerOwnership'))).headers.get('etag') ?? ''
}

/** Who may read what the change has changed: a mailbox is its person's alone. */
export function readerOf(route: string, { token }: Scene): string {
  return route === 'setMailPreference' ? token.tech : token.operator
}

export function send(
  { world }: Pick<Scene, 'world'>,
  { method, path, token, body, headers }: ChangeRequest,
  more: Record<string, string> = {},
): Promise<Answer> {
  return world.send(method, path, token, body, { ...headers, ...more })
}
