import { openReview } from '../../open-review.ts'
import type { World } from '../../world.ts'
import { type CustomerName, customers, emailOf, people, type Person, type PersonName } from './cast.ts'

export type Place = {
  users: Record<string, string>
  /** Projects and servers, by what the cast holds of them. */
  things: { p: Record<string, string>; s: Record<string, string> }
  /** The review that is under way: of everything. */
  review: string
}
export type Scene = Record<CustomerName, Place>

const names = Object.keys(customers) as CustomerName[]
const hour = 3_600_000

/** Four customers with the same cast, projects and servers, the logins of all linked, and what becomes of them. */
export async function setScene(world: World): Promise<Scene> {
  const places = await Promise.all(names.map((name) => settle(world, name)))
  world.setTime(new Date(world.now().getTime() + hour))
  // One that isn't due yet, so that it can be tried at once.
  await world.deliver('evt_known', 'user.deleted', { customerId: customers.acme.id, user: 'x@acme.example' })
  return Object.fromEntries(names.map((name, place) => [name, places[place]])) as Scene
}

async function settle(world: World, name: CustomerName): Promise<Place> {
  const { id: customerId, becomes } = customers[name]
  const tell = (type: string, data: object = {}) => world.event(type, { customerId, ...data })
  const mail = (who: PersonName) => emailOf(name, who)
  await tell('customer.created', {
    organisation: `The ${name}`,
    mainCustomer: { name: 'owner', email: mail('owner') },
  })
  await tell('project.created', { name: 'unheld' })
  for (const [who, { type, main }] of people) {
    if (type !== 'main-customer') await tell('user.created', { email: mail(who), name: who, type, main })
  }
  for (const project of ['held', 'deleted']) await tell('project.created', { name: project })
  for (const server of ['held', 'unheld', 'deleted']) {
    await tell('server.created', { serverId: `${name}-${server}`, hostname: `${server}.example` })
  }
  for (const [who, person] of people) await give(world, name, who, person)
  for (const [who] of people) await world.ask('/v1/me', await world.person(mail(who)))
  const place = await findPlace(world, name)
  await offer(world, name, place)
  await end(tell, name)
  const review = await reviewAll(world, customerId, place)
  if (becomes) await tell(becomes)
  return { ...place, review }
}

/** Grants to those who hold nothing by their type. */
async function give(world: World, name: CustomerName, who: PersonName, person: Person): Promise<void> {
  const { type, holds, had } = person
  if (type !== 'customer-tech' && type !== 'customer-client') return
  const { id: customerId } = customers[name]
  const ofUser = { customerId, user: emailOf(name, who) }
  const expiresAt = new Date(world.now().getTime() + hour / 2).toISOString()
  if (had === 'Main') {
    await world.event('membership.granted', { ...ofUser, project: customerId, roles: [], expiresAt })
  }
  if (!holds && had !== 'grants') return
  const grant = holds ? ofUser : { ...ofUser, expiresAt }
  await world.event('membership.granted', { ...grant, project: 'held', roles: ['compute:operate'] })
  await world.event('server.assigned', { ...grant, serverId: `${name}-held`, capabilities: ['power'] })
}

async function findPlace(world: World, name: CustomerName): Promise<Omit<Place, 'review'>> {
  const { id } = customers[name]
  const users = people.map(async ([who]) => [who, await world.userId(id, emailOf(name, who))] as const)
  const projects = ['held', 'unheld', 'deleted'].map(
    async (each) => [each, await world.projectId(id, each)] as const,
  )
  const servers = ['held', 'unheld', 'deleted'].map((each) => [each, `${name}-${each}`])
  return {
    users: Object.fromEntries(await Promise.all(users)),
    things: {
      p: { main: 'main', ...Object.fromEntries(await Promise.all(projects)) },
      s: Object.fromEntries(servers),
    },
  }
}

/** There is none at the customer that will be closed. */
async function offer(world: World, name: CustomerName, { users }: Pick<Place, 'users'>): Promise<void> {
  if (name === 'closed') return
  const path = `/v1/customers/${customers[name].id}`
  const token = await world.person(emailOf(name, 'owner'))
  const etag = (await world.ask(path, token)).headers.get('etag') ?? ''
  const body = { to: users['admin who is offered the ownership'] }
  const { status, text } = await world.post(`${path}/ownership-transfer`, token, body, { 'if-match': etag })
  if (status !== 201) throw new Error(`the ownership was not offered: ${text}`)
}

async function end(tell: (type: string, data: object) => Promise<void>, name: CustomerName): Promise<void> {
  for (const [who, { main, becomes, type }] of people) {
    const user = emailOf(name, who)
    const comesWithType = type === 'customer-admin' || type === 'customer-billing'
    if (!main && comesWithType) await tell('membership.revoked', { project: customers[name].id, user })
    if (becomes === 'disabled' || becomes === 'deleted') await tell(`user.${becomes}`, { user })
  }
  await tell('project.deleted', { name: 'deleted' })
  await tell('server.deleted', { serverId: `${name}-deleted` })
}

/** Decided on by admins, who holds a whole project, and those that are asked besides. */
async function reviewAll(world: World, customerId: string, { users }: Pick<Place, 'users'>): Promise<string> {
  const operator = await world.operator()
  const asked = people.filter(([, person]) => person.asked).map(([who]) => users[who])
  const policy = { reviewers: ['admins', 'project', ...asked] }
  const path = `/v1/customers/${customerId}/review-policy`
  const { status, text } = await world.send('PUT', path, operator, policy, { 'x-reason': 'set' })
  if (status !== 200) throw new Error(`the policy was not set: ${text}`)
  return openReview(world, { customerId, operator })
}
