import { member, server, type Sized } from '../customers.ts'
import type { Conversation } from './asked.ts'
import { optOut } from './metered-api.ts'
import type { Scene } from './scene.ts'

const list = { requests: 4 }

/** Everything that only reads. */
export async function* reading(scene: Scene, sized: Sized): Conversation {
  const { admin, tech, client, operator, check } = scene
  const [p = '', s] = [scene.projects[0], server(0)]
  const question = (id: string) => ({
    subject: { type: 'user', id: tech.id },
    action: { name: 'compute.operate' },
    resource: { type: 'project', id },
  })
  const as = admin.login
  const growsWith = 'the users listed'

  for (const route of ['checkHealth', 'readOpenApi', 'readProtectedResource']) yield { route, as }
  for (const route of ['readReportKeys', 'readDecisionPoint']) yield { route, as }
  yield { route: 'whoAmI', note: 'a client', as: client.login }
  yield { route: 'whoAmI', note: 'a tech with 20 grants', as: tech.login }
  yield { route: 'readMailPreference', as }
  yield { route: 'askAboutMail', as, at: { t: optOut.sign('a'.repeat(43)) } }
  for (const route of ['readCustomer', 'readContact', 'readBilling']) yield { route, as }
  yield { route: 'listUsers', note: '5', as, query: 'limit=5', budget: list }
  const users = { route: 'listUsers', as, query: 'limit=200', budget: list, growsWith }
  yield { ...users, note: '200' }
  yield { ...users, note: '200, an operator', as: operator }
  const byType = { note: 'by type', query: 'type=customer-tech&limit=5', growsWith: 'the 300 looked at' }
  yield { route: 'listUsers', as, ...byType }
  await scene.remove(member(sized, 4))
  yield { ...users, note: '200, one of the first deleted' }
  yield { route: 'listUsers', note: 'by e-mail', as, query: `email=${encodeURIComponent(member(sized, 0))}` }
  yield { route: 'readUser', as, at: { u: tech.id } }
  yield { route: 'readUser', note: 'itself', as: tech.login, at: { u: tech.id } }
  yield { route: 'readUser', note: 'an operator', as: operator, at: { u: tech.id } }
  yield { route: 'listGrants', note: 'of a tech with 20', as, at: { u: tech.id } }
  yield { route: 'listGrants', note: 'of an admin', as, at: { u: admin.id } }
  yield { route: 'listAccess', note: 'of a tech with 20 grants', as, at: { u: tech.id } }
  yield { route: 'listAccess', note: 'of an admin', as, at: { u: admin.id } }
  yield { route: 'listProjects', note: 'an admin', as }
  yield { route: 'listProjects', note: 'a tech in 14', as: tech.login }
  yield { route: 'readProject', as, at: { p } }
  yield { route: 'readProject', note: 'a tech in it', as: tech.login, at: { p } }
  yield { route: 'listMembers', note: '2', as, at: { p }, query: 'limit=2', growsWith: 'the admins' }
  yield { route: 'listMembers', note: '200', as, at: { p }, query: 'limit=200', growsWith: 'the admins' }
  yield { route: 'readMember', as, at: { p, u: tech.id } }
  yield { route: 'listServers', note: 'an admin', as }
  yield { route: 'listServers', note: 'a tech with 5', as: tech.login }
  yield { route: 'readServer', as, at: { s } }
  yield { route: 'listAssignments', as, at: { s } }
  yield { route: 'readAssignment', as, at: { s, u: tech.id } }
  yield { route: 'listEvents', note: '5', as, query: 'limit=5' }
  const ofNone = { note: 'of a type that there is none of', query: 'type=x' }
  yield { route: 'listEvents', as, ...ofNone, growsWith: 'the 1,200 looked at' }
  yield { route: 'evaluate', as: check, body: question(p) }
  yield { route: 'evaluate', note: 'about itself', as: tech.login, body: question(p) }
  yield { route: 'evaluateMany', note: '14', as: check, body: { evaluations: scene.projects.map(question) } }
  const { subject, action, resource } = question(p)
  const anybody = { subject: { type: 'user' }, page: { limit: 5 } }
  const account = { resource: { type: 'customer', id: sized.customerId } }
  const search = { route: 'searchSubjects', as: check, growsWith: 'the admins' }
  yield { ...search, note: '5 of a project', body: { ...anybody, action, resource } }
  yield { ...search, note: '5 by type', body: { ...anybody, ...account, action: { name: 'account.read' } } }
  yield { route: 'searchResources', as: check, body: { subject, action, resource: { type: 'project' } } }
  yield { route: 'searchActions', as: check, body: { subject, resource } }
  yield { route: 'searchActions', note: 'about itself', as: tech.login, body: { subject, resource } }
  yield { route: 'listCustomers', as: operator, growsWith: 'the customers' }
  yield { route: 'listDeliveries', as: operator, query: 'status=received' }
  yield { route: 'readOpenStack', note: 'off', as: operator }
  yield { route: 'readDelivery', as: operator, at: { source: 'orders', id: scene.deliveryId } }
  yield { route: 'exportCustomer', as: operator, growsWith: 'all there is' }
}
