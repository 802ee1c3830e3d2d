import {
  type Customer,
  type Grant,
  isMainName,
  mainPlace,
  type OracleEvent,
  projectPlace,
  serverPlace,
  type Turn,
  type User,
  unseen,
  type Word,
} from './model.ts'
import { emailKey, instantOf, isUserType, projectKey, projectName, type UserType } from './vocabulary.ts'

type Entry = OracleEvent & Turn

/** The customers as they are when all events have been applied in the order of their timestamps. */
export function replay(events: Iterable<OracleEvent>): Map<string, Customer> {
  const customers = new Map<string, Customer>()
  for (const entry of inOrder(events)) {
    const id = text(entry, 'customerId')
    const customer = customers.get(id) ?? unseen(id)
    customers.set(id, customer)
    if (customer.status !== 'closed') apply(customer, entry)
  }
  return customers
}

function inOrder(events: Iterable<OracleEvent>): Entry[] {
  const once = new Map([...events].map((event) => [event.id, event]))
  return [...once.values()]
    .map((event) => ({ ...event, at: instantOf(event.timestamp) }))
    .sort((a, b) => compareBytes(a.at, b.at) || compareBytes(a.id, b.id))
    .map((event, turn) => ({ ...event, turn }))
}

const compareBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))

type Effect = (customer: Customer, entry: Entry) => void

const effects = new Map<string, Effect>([
  ['customer.created', createCustomer],
  ['customer.updated', () => {}],
  ['customer.suspended', (customer) => setStatus(customer, 'suspended')],
  ['customer.resumed', (customer) => setStatus(customer, 'active')],
  ['customer.closed', (customer) => setStatus(customer, 'closed')],
  ['user.created', createUser],
  ['user.updated', updateUser],
  ['user.disabled', (customer, entry) => setDisabled(customer, entry, true)],
  ['user.enabled', (customer, entry) => setDisabled(customer, entry, false)],
  ['user.deleted', deleteUser],
  ['project.created', createProject],
  ['project.deleted', deleteProject],
  ['membership.granted', (customer, entry) => grant(customer, entry, projectOf(customer, entry), 'roles')],
  ['membership.revoked', (customer, entry) => say(customer, entry, projectOf(customer, entry), undefined)],
  ['server.created', (customer, entry) => void customer.servers.add(text(entry, 'serverId'))],
  ['server.deleted', deleteServer],
  ['server.assigned', (customer, entry) => grant(customer, entry, serverOf(entry), 'capabilities')],
  ['server.unassigned', (customer, entry) => say(customer, entry, serverOf(entry), undefined)],
])

function apply(customer: Customer, entry: Entry): void {
  const effect = effects.get(entry.type)
  if (!effect) throw new TypeError(`not an event type: ${entry.type}`)
  effect(customer, entry)
}

function createCustomer(customer: Customer, entry: Entry): void {
  if (customer.exists) return
  customer.exists = true
  addUser(customer, entry, mainCustomerOf(entry), 'main-customer')
}

function setStatus(customer: Customer, status: Customer['status']): void {
  // Before its creation there is no status to change, and creation is then the newer word.
  if (customer.exists) customer.status = status
}

function createUser(customer: Customer, entry: Entry): void {
  const email = emailKey(text(entry, 'email'))
  const type = typeOf(entry)
  if (customer.users.has(email) || type === 'main-customer') return
  addUser(customer, entry, email, type)
  if (entry.data['main'] === true) write(customer, entry, mainPlace, email, { roles: [] })
}

function addUser(customer: Customer, entry: Entry, email: string, type: UserType): void {
  customer.users.set(email, { email, type, since: entry, disabled: false })
  if (type === 'customer-billing') forget(customer, (word) => word.email === email)
}

function updateUser(customer: Customer, entry: Entry): void {
  const user = changeableUser(customer, entry)
  if (!user || entry.data['type'] === undefined) return
  const type = typeOf(entry)
  if (type === user.type || type === 'main-customer') return
  user.type = type
  user.since = entry
  if (type === 'customer-billing') forget(customer, (word) => word.email === user.email)
}

function setDisabled(customer: Customer, entry: Entry, disabled: boolean): void {
  const user = changeableUser(customer, entry)
  if (user) user.disabled = disabled
}

function deleteUser(customer: Customer, entry: Entry): void {
  const user = changeableUser(customer, entry)
  if (!user) return
  customer.users.delete(user.email)
  forget(customer, (word) => word.email === user.email)
}

function createProject(customer: Customer, entry: Entry): void {
  const name = text(entry, 'name')
  if (isMainName(customer, name) || customer.projects.has(projectKey(name))) return
  customer.projects.set(projectKey(name), { name: projectName(name), createdAt: entry.at })
}

function deleteProject(customer: Customer, entry: Entry): void {
  const name = text(entry, 'name')
  if (customer.projects.delete(projectKey(name)))
    forget(customer, (word) => word.place === projectPlace(name))
}

function deleteServer(customer: Customer, entry: Entry): void {
  if (customer.servers.delete(text(entry, 'serverId')))
    forget(customer, (word) => word.place === serverOf(entry))
}

function grant(customer: Customer, entry: Entry, place: string, field: 'roles' | 'capabilities'): void {
  const roles = texts(entry, field)
  const expiry = entry.data['expiresAt']
  const given = expiry === undefined ? { roles } : { roles, expiresAt: instantOf(text(entry, 'expiresAt')) }
  // Billing can hold nothing but a plain membership of Main; the event would wait, and not pass a later type.
  const holder = customer.users.get(userOf(entry))
  const above = holder?.type === 'customer-billing' && (place !== mainPlace || roles.length > 0)
  if (!above) say(customer, entry, place, given)
}

function say(customer: Customer, entry: Entry, place: string, given: Grant | undefined): void {
  write(customer, entry, place, userOf(entry), given)
}

function write(
  customer: Customer,
  entry: Entry,
  place: string,
  email: string,
  given: Grant | undefined,
): void {
  customer.words.set(`${place}\n${email}`, { place, email, turn: entry.turn, grant: given })
}

function forget(customer: Customer, doomed: (word: Word) => boolean): void {
  for (const [key, word] of customer.words) if (doomed(word)) customer.words.delete(key)
}

function changeableUser(customer: Customer, entry: Entry): User | undefined {
  const user = customer.users.get(userOf(entry))
  return user?.type === 'main-customer' ? undefined : user
}

const userOf = (entry: Entry) => emailKey(text(entry, 'user'))
const serverOf = (entry: Entry) => serverPlace(text(entry, 'serverId'))

function projectOf(customer: Customer, entry: Entry): string {
  const name = text(entry, 'project')
  return isMainName(customer, name) ? mainPlace : projectPlace(name)
}

function typeOf(entry: Entry): UserType {
  const name = text(entry, 'type')
  if (!isUserType(name)) throw new TypeError(`not a user type: ${name}`)
  return name
}

function text(entry: Entry, field: string): string {
  const value = entry.data[field]
  if (typeof value !== 'string') throw new TypeError(`${entry.type} ${entry.id} has no text ${field}`)
  return value
}

function mainCustomerOf(entry: Entry): string {
  const person = entry.data['mainCustomer']
  if (typeof person === 'object' && person && 'email' in person && typeof person.email === 'string')
    return emailKey(person.email)
  throw new TypeError(`${entry.type} ${entry.id} has no mainCustomer`)
}

function texts(entry: Entry, field: string): readonly string[] {
  const value: unknown = entry.data[field]
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value
  throw new TypeError(`${entry.type} ${entry.id} has no list ${field}`)
}
