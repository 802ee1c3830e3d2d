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
    etag: async (path: string, token = tokens[0]) =>
      (await world.ask(`${at}${path}`, token)).headers.get('etag') ?? '',
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

type Maker = (scene: Scene) => ChangeRequest | Promise<ChangeRequest>

/** One request for each changing route, by its id, each of which succeeds at a fresh scene. */
export const changes: Record<string, Maker> = {
  createCustomer: ({ token, customerId }) => ({
    method: 'POST',
    path: '/v1/customers',
    token: token.operator,
    body: {
      id: customerId.replace('SCN', 'NEW'),
      organisation: 'New',
      mainCustomer: { name: 'Nora', email: 'nora@new.example' },
    },
    headers: because,
  }),
  updateCustomer: ({ at, token }) => ({
    method: 'PATCH',
    path: at,
    token: token.owner,
    body: { organisation: 'Renamed' },
  }),
  suspendCustomer: status('suspend'),
  resumeCustomer: async (scene) => {
    await send(scene, await status('suspend')(scene))
    return status('resume')(scene)
  },
  closeCustomer: async (scene) => ({
    ...(await status('close')(scene)),
    headers: { ...because, 'if-match': await scene.etag('') },
  }),
  replaceContact: ({ at, token }) => ({
    method: 'PUT',
    path: `${at}/contact`,
    token: token.billing,
    body: { name: 'Desk', email: 'Desk@Scene.example' },
  }),
  replaceBilling: ({ at, token }) => ({
    method: 'PUT',
    path: `${at}/billing`,
    token: token.billing,
    body: { companyName: 'Scene Ltd', vatNumber: 'NL123' },
  }),
  createUser: ({ at, token, mail }) => ({
    method: 'POST',
    path: `${at}/users`,
    token: token.admin,
    body: { email: mail('new'), name: 'New', type: 'customer-client', main: true },
  }),
  updateUser: ({ at, token, id }) => ({
    method: 'PATCH',
    path: `${at}/users/${id.tech}`,
    token: token.admin,
    body: { name: 'Renamed', status: 'disabled' },
  }),
  deleteUser: async ({ at, token, id, etag }) => ({
    method: 'DELETE',
    path: `${at}/users/${id.tech}`,
    token: token.admin,
    headers: { 'if-match': await etag(`/users/${id.tech}`) },
  }),
  unlinkLogin: ({ at, token, id }) => ({
    method: 'DELETE',
    path: `${at}/users/${id.tech}/login`,
    token: token.admin,
  }),
  inviteUser: async ({ world, at, token, mail }) => {
    const guest = { email: mail('guest'), name: 'Guest', type: 'customer-client' }
    const { body } = await world.send('POST', `${at}/users`, token.admin, guest)
    return { method: 'POST', path: `${at}/users/${String(body.id)}/invite`, token: token.admin }
  },
  setMailPreference: ({ token }) => ({
    method: 'PUT',
    path: '/v1/me/mail',
    token: token.tech,
    body: { optedOut: true },
  }),
  changeUserType: async ({ at, token, id, etag }) => ({
    method: 'PUT',
    path: `${at}/users/${id.admin}/type`,
    token: token.admin,
    body: { type: 'customer-tech', keep: [id.web] },
    headers: { 'if-match': await etag(`/users/${id.admin}`) },
  }),
  offerOwnership: offer,
  withdrawOwnership: async (scene) => ({
    method: 'DELETE',
    path: `${scene.at}/ownership-transfer`,
    token: scene.token.owner,
    headers: { 'if-match': await offered(scene) },
  }),
  acceptOwnership: async (scene) => ({
    method: 'POST',
    path: `${scene.at}/ownership-transfer/accept`,
    token: scene.token.admin,
    headers: { 'if-match': await offered(scene) },
  }),
  forceOwnership: async ({ at, token, id, etag }) => ({
    method: 'POST',
    path: `${at}/ownership-transfer/force`,
    token: token.operator,
    body: { to: id.admin },
    headers: { ...because, 'if-match': await etag('') },
  }),
  createProject: ({ at, token }) => ({
    method: 'POST',
    path: `${at}/projects`,
    token: token.admin,
    body: { name: 'New', description: 'of the tests' },
  }),
  updateProject: ({ at, token, id }) => ({
    method: 'PATCH',
    path: `${at}/projects/${id.web}`,
    token: token.admin,
    body: { name: 'Site', description: 'described' },
  }),
  deleteProject: async ({ at, token, id, etag }) => ({
    method: 'DELETE',
    path: `${at}/projects/${id.web}`,
    token: token.admin,
    headers: { 'if-match': await etag(`/projects/${id.web}`) },
  }),
  putMember: ({ at, token, id }) => ({
    method: 'PUT',
    path: `${at}/projects/${id.old}/members/${id.tech}`,
    token: token.admin,
    body: { roles: ['compute:operate'], expiresAt: '2027-01-01T00:00:00Z', reason: 'a while' },
  }),
  removeMember: ({ at, token, id }) => ({
    method: 'DELETE',
    path: `${at}/projects/${id.web}/members/${id.tech}`,
    token: token.admin,
  }),
  putServer: ({ at, token }) => ({
    method: 'PUT',
    path: `${at}/servers/vps-2`,
    token: token.operator,
    body: { hostname: 'Two.scene.example' },
    headers: because,
  }),
  deleteServer: ({ at, token }) => ({
    method: 'DELETE',
    path: `${at}/servers/vps-1`,
    token: token.operator,
    headers: because,
  }),
  putAssignment: ({ at, token, id }) => ({
    method: 'PUT',
    path: `${at}/servers/vps-1/assignments/${id.admin}`,
    token: token.admin,
    body: { capabilities: ['console'] },
  }),
  removeAssignment: ({ at, token, id }) => ({
    method: 'DELETE',
    path: `${at}/servers/vps-1/assignments/${id.tech}`,
    token: token.admin,
  }),
  replaceReviewPolicy: ({ at, token, id }) => ({
    method: 'PUT',
    path: `${at}/review-policy`,
    token: token.admin,
    body: {
      everyMonths: 6,
      days: 10,
      reviewers: ['admins', 'project', id.billing],
      scope: { projects: [id.web], origins: ['explicit'] },
      unanswered: 'revoke',
    },
  }),
  startReview: ({ at, token }) => ({
    method: 'POST',
    path: `${at}/reviews`,
    token: token.admin,
    body: { scope: { types: ['customer-tech'] } },
  }),
  decideReviewItem: async ({ at, token, id, review }) => ({
    method: 'PUT',
    path: `${at}/reviews/${await review()}/items/${id.tech}.project.${id.web}/decision`,
    token: token.admin,
    body: { decision: 'keep', until: '2027-01-01T00:00:00Z', reason: 'until the move' },
  }),
  decideReviewItems: async ({ at, token, id, review }) => ({
    method: 'POST',
    path: `${at}/reviews/${await review()}/decisions`,
    token: token.admin,
    body: {
      decisions: [
        { item: `${id.tech}.project.${id.web}`, decision: 'revoke' },
        { item: `${id.tech}.server.vps-1`, decision: 'reduce', capabilities: [] },
      ],
    },
  }),
  applyReview: async ({ at, token, etag, review }) => ({
    method: 'POST',
    path: `${at}/reviews/${await review()}/apply`,
    token: token.admin,
    headers: { 'if-match': await etag(`/reviews/${await review()}`) },
  }),
  cancelReview: async ({ at, token, review }) => ({
    method: 'POST',
    path: `${at}/reviews/${await review()}/cancel`,
    token: token.admin,
  }),
  retryDelivery: async ({ world, customerId, token, mail }) => {
    await world.deliver(`late-${customerId}`, 'user.deleted', { customerId, user: mail('nobody') })
    return {
      method: 'POST',
      path: `/v1/deliveries/orders/late-${customerId}/retry`,
      token: token.operator,
      headers: because,
    }
  },
}

function status(verb: string): Maker {
  return ({ at, token }) => ({
    method: 'POST',
    path: `${at}/${verb}`,
    token: token.operator,
    headers: because,
  })
}

async function offer({ at, token, id, etag }: Scene): Promise<ChangeRequest> {
  return {
    method: 'POST',
    path: `${at}/ownership-transfer`,
    token: token.owner,
    body: { to: id.admin },
    headers: { 'if-match': await etag('') },
  }
}

/** The ETag of an offer to the admin. */
export async function offered(scene: Scene): Promise<string> {
  return (await send(scene, await offer(scene))).headers.get('etag') ?? ''
}

export function send(
  { world }: Pick<Scene, 'world'>,
  { method, path, token, body, headers }: ChangeRequest,
  more: Record<string, string> = {},
): Promise<Answer> {
  return world.send(method, path, token, body, { ...headers, ...more })
}
