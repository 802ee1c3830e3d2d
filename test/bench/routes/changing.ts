import { member, type Sized } from '../customers.ts'
import type { Conversation } from './asked.ts'
import { optOut } from './metered-api.ts'
import { because, type Scene } from './scene.ts'

const growsWith = 'the admins'

/** Everything that changes customers, users and what they have, the last of which is closing the customer. */
export async function* changing(scene: Scene, sized: Sized): Conversation {
  yield* customers(scene)
  yield* users(scene, sized)
  yield* projectsAndServers(scene)
  yield* owners(scene)
  const { operator, deliveryId } = scene
  yield { route: 'retryDelivery', as: operator, at: { source: 'orders', id: deliveryId }, headers: because }
  const { etag } = await scene.ask({ route: 'readCustomer', as: operator })
  yield { route: 'closeCustomer', as: operator, headers: { ...because, 'if-match': etag } }
}

async function* customers({ owner, operator, customerId }: Scene): Conversation {
  const as = owner.login
  const address = { street: 'Main Street 1', city: 'Leiden', postalCode: '2311 AB', country: 'NL' }
  const mainCustomer = { name: 'Nora', email: 'nora@members.example' }
  const created = { id: customerId.replace(/^.../, 'NEW'), organisation: 'New', mainCustomer }
  yield { route: 'createCustomer', as: operator, body: created, headers: because }
  yield { route: 'updateCustomer', as, body: { organisation: 'Renamed' } }
  yield { route: 'replaceContact', as, body: { name: 'Desk', email: 'desk@members.example', address } }
  yield { route: 'replaceBilling', as, body: { companyName: 'Organisation B.V.', vatNumber: 'NL1', address } }
  yield { route: 'suspendCustomer', as: operator, headers: because }
  yield { route: 'resumeCustomer', as: operator, headers: because }
}

async function* users({ admin, tech, client, customerId, projects, ask }: Scene, sized: Sized): Conversation {
  const as = admin.login
  const { body: user } = yield { route: 'createUser', as, body: newUser('client', 'client') }
  yield { route: 'createUser', note: 'in Main', as, body: newUser('tech', 'tech', { main: true }) }
  yield { route: 'createUser', note: 'an admin', as, body: newUser('admin', 'admin'), growsWith }
  const at = { u: String(user.id) }
  yield { route: 'inviteUser', as, at }
  yield { route: 'setMailPreference', as, body: { optedOut: true } }
  yield { route: 'optOutOfMail', as, at: { t: optOut.sign(customerId.padEnd(43, 'b')) } }
  yield { route: 'updateUser', note: 'name', as, at, body: { name: 'Renamed' } }
  yield { route: 'updateUser', note: 'e-mail', as, at, body: { email: 'other@members.example' } }
  yield { route: 'updateUser', note: 'disabled', as, at, body: { status: 'disabled' } }
  yield { route: 'updateUser', note: 'enabled', as, at, body: { status: 'active' } }
  const typed = async (note: string, type: string, more = {}) => {
    const { etag } = await ask({ route: 'readUser', as, at })
    const body = { type: `customer-${type}`, ...more }
    return { route: 'changeUserType', note, as, at, body, headers: { 'if-match': etag } }
  }
  yield typed('client to tech', 'tech')
  yield { ...(await typed('tech to admin', 'admin', { joinExisting: true })), growsWith }
  const keep = projects.slice(0, 14)
  yield { ...(await typed('admin to tech, 14 projects kept', 'tech', { keep })), growsWith }
  yield { route: 'unlinkLogin', as, at: { u: client.id } }
  const deleted = async (note: string, u: string) => {
    const { etag } = await ask({ route: 'readUser', as, at: { u } })
    return { route: 'deleteUser', note, as, at: { u }, headers: { 'if-match': etag } }
  }
  yield deleted('with 20 grants', tech.id)
  const { items } = (await ask({ route: 'listUsers', as, query: `email=${member(sized, 2)}` })).body
  const [bare] = items as { id: string }[]
  yield deleted('without grants and login', bare?.id ?? '')
}

async function* projectsAndServers({ admin, operator, ask }: Scene): Conversation {
  const as = admin.login
  const { body: project } = yield { route: 'createProject', as, body: { name: 'newest' }, growsWith }
  const at = { p: String(project.id) }
  yield { route: 'updateProject', note: 'name', as, at, body: { name: 'Newer' } }
  yield { route: 'updateProject', note: 'description', as, at, body: { description: 'For the website' } }
  const { etag } = await ask({ route: 'readProject', as, at })
  yield { route: 'deleteProject', as, at, headers: { 'if-match': etag } }
  const s = 'web-9.new'
  const put = { route: 'putServer', as: operator, at: { s }, headers: because }
  yield { ...put, note: 'new', body: { hostname: 'one.example' } }
  yield { ...put, note: 'instead', body: { hostname: 'two.example' } }
  yield { route: 'deleteServer', as: operator, at: { s }, headers: because }
}

async function* owners({ owner, otherAdmin, operator, ask }: Scene): Conversation {
  const as = owner.login
  const customer = async () => ({ 'if-match': (await ask({ route: 'readCustomer', as })).etag })
  const body = { to: otherAdmin.id }
  const offer = { route: 'offerOwnership', as, body }
  const { etag } = yield { ...offer, headers: await customer() }
  yield { route: 'readOwnershipTransfer', as: otherAdmin.login }
  yield { route: 'withdrawOwnership', as, headers: { 'if-match': etag } }
  const again = await ask({ ...offer, headers: await customer() })
  const accepted = { 'if-match': again.etag }
  yield { route: 'acceptOwnership', as: otherAdmin.login, headers: accepted, growsWith }
  const headers = { ...because, ...(await customer()) }
  yield { route: 'forceOwnership', as: operator, body: { to: owner.id }, headers, growsWith }
}

function newUser(name: string, type: string, more = {}) {
  return { email: `${name}@members.example`, name, type: `customer-${type}`, ...more }
}
