import {
  type Customer,
  type Grant,
  isMainName,
  mainPlace,
  type OracleEvent,
  projectPlace,
  serverPlace,
  type Turn,
  unseen,
  type User,
  type Word,
} from './model.ts'
import { emailKey, instantOf, isUserType, projectKey, projectName, type UserType } from './vocabulary.ts'

type Entry = OracleEvent & Turn

/** The customers as they are when all events have been applied in the order of their timestamps. */
export function replay(events: Iterable<OracleEvent>): Map<string, Customer> {
  const customers = new Map<string, Customer>()
  const entries = inOrder(events)
  const customerOf = (entry: Entry) => {
    const id = text(entry, 'customerId')
    const customer = customers.get(id) ?? unseen(id)
    customers.set(id, customer)
    return customer
  }
  // An event older than its customer waits for it, and then finds its main-customer.
  for (const entry of entries.filter(({ type }) => type === 'customer.created')) {
    const customer = customerOf(entry)
    if (customer.owner === '') customer.owner = mainCustomerOf(entry)
  }
  for (const entry of entries) {
    const customer = customerOf(entry)
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
  ['customer.updated', updateCustomer],
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
  ['server.created', createServer],
  ['server.deleted', deleteServer],
  ['server.assigned', (customer, entry) => grant(customer, entry, serverOf(entry), 'capabilities')],
  ['server.unassigned', (customer, entry) => say(customer, entry, serverOf(entry), undefined)],
  // Changes by people, which count at their commit; the order system has no such event.
  ['person.created-user', createUser],
  ['person.changed-email', changeEmail],
])

function apply(customer: Customer, entry: Entry): void {
  const effect = effects.get(entry.type)
  if (!effect) throw new TypeError(`not an event type: ${entry.type}`)
  effect(customer, entry)
}

function createCustomer(customer: Customer, entry: Entry): void {
  if (customer.exists) return
  customer.exists = true
  customer.organisation = text(entry, 'organisation')
  const email = mainCustomerOf(entry)
  addUser(customer, entry, { email, name: mainCustomerName(entry), type: 'main-customer' })
}

function updateCustomer(customer: Customer, entry: Entry): void {
  if (customer.exists && entry.data['organisation'] !== undefined)
    customer.organisation = text(entry, 'organisation')
}

function setStatus(customer: Customer, status: Customer['status']): void {
  // Before its creation there is no status to change, and the creation is newer.
  if (customer.exists) customer.status = status
}

function createUser(customer: Customer, entry: Entry): void {
  const email = emailKey(text(entry, 'email'))
  const type = typeOf(entry)
  if (customer.users.has(email) || email === customer.owner || type === 'main-customer') return
  addUser(customer, entry, { email, name: text(entry, 'name'), type })
  if (entry.data['main'] === true) write(customer, entry, mainPlace, email, { roles: [] })
}

function addUser(
  customer: Customer,
  entry: Entry,
  { email, name, type }: { email: string; name: string; type: UserType },
): void {
  customer.users.set(email, { email, name, type, since: entry, disabled: false })
  if (type === 'customer-billing') forget(customer, (word) => word.email === email)
}

function updateUser(customer: Customer, entry: Entry): void {
  const named = customer.users.get(userOf(entry))
  // The main-customer's name may be corrected; with a type the whole event is refused.
  const user = named && entry.data['type'] === undefined ? named : changeableUser(customer, entry)
  if (!user) return
  if (entry.data['name'] !== undefined) user.name = text(entry, 'name')
  if (entry.data['type'] !== undefined) setType(customer, entry, user, typeOf(entry))
}

function setType(customer: Customer, entry: Entry, user: User, type: UserType): void {
  if (type === user.type || type === 'main-customer') return
  const wasBilling = user.type === 'customer-billing'
  user.type = type
  user.since = entry
  if (type === 'customer-billing') forget(customer, (word) => word.email === user.email)
  if (wasBilling) admitAbove(customer, user.email)
}

/**
 * Applies the grants that waited as the type couldn't carry them: they count as of their own moment once the user has
 * another type.
 */
function admitAbove(customer: Customer, email: string): void {
  for (const [key, word] of customer.above) {
    if (word.email !== email) continue
    customer.above.delete(key)
    if (word.turn > (customer.words.get(key)?.turn ?? -1)) customer.words.set(key, word)
  }
}

function setDisabled(customer: Customer, entry: Entry, disabled: boolean): void {
  const user = changeableUser(customer, entry)
  if (user) user.disabled = disabled
}

/** Also where nobody had the address: older events apply to nobody who gets it later. */
function deleteUser(customer: Customer, entry: Entry): void {
  const email = userOf(entry)
  if (email === customer.owner) return
  customer.users.delete(email)
  forget(customer, (word) => word.email === email)
}

/** The user keeps the events about it; older events about the new address mean nobody then. */
function changeEmail(customer: Customer, entry: Entry): void {
  const [from, to] = [userOf(entry), emailKey(text(entry, 'email'))]
  const user = customer.users.get(from)
  if (!user || customer.users.has(to)) return
  forget(customer, (word) => word.email === to)
  customer.users.delete(from)
  user.email = to
  customer.users.set(to, user)
  for (const words of [customer.words, customer.above]) {
    for (const [key, word] of words) {
      if (word.email !== from) continue
      words.delete(key)
      words.set(wordKey(word.place, to), { ...word, email: to })
    }
  }
}

function createProject(customer: Customer, entry: Entry): void {
  const name = text(entry, 'name')
  if (isMainName(customer, name) || customer.projects.has(projectKey(name))) return
  const description = entry.data['description'] === undefined ? undefined : text(entry, 'description')
  customer.projects.set(projectKey(name), { name: projectName(name), createdAt: entry.at, description })
}

function deleteProject(customer: Customer, entry: Entry): void {
  const name = text(entry, 'name')
  customer.projects.delete(projectKey(name))
  forget(customer, (word) => word.place === projectPlace(name))
}

function createServer(customer: Customer, entry: Entry): void {
  customer.servers.set(text(entry, 'serverId'), text(entry, 'hostname'))
}

function deleteServer(customer: Customer, entry: Entry): void {
  customer.servers.delete(text(entry, 'serverId'))
  forget(customer, (word) => word.place === serverOf(entry))
}

function grant(customer: Customer, entry: Entry, place: string, field: 'roles' | 'capabilities'): void {
  const roles = texts(entry, field)
  const expiry = entry.data['expiresAt']
  const given =
    expiry === undefined
      ? { roles }
      : { roles, expiresAt: instantOf(text(entry, 'expiresAt')), until: text(entry, 'expiresAt') }
  // Billing can hold nothing but a plain membership of Main.
  const holder = customer.users.get(userOf(entry))
  const above = holder?.type === 'customer-billing' && (place !== mainPlace || roles.length > 0)
  if (above) customer.above.set(wordKey(place, holder.email), wordOf(entry, place, holder.email, given))
  else say(customer, entry, place, given)
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
  // A main-customer has every project; servers are assigned to it as to anybody.
  if (email === customer.owner && !place.startsWith('server ')) return
  customer.words.set(wordKey(place, email), wordOf(entry, place, email, given))
}

const wordKey = (place: string, email: string) => `${place}\n${email}`
const wordOf = ({ turn }: Entry, place: string, email: string, given: Grant | undefined): Word => ({
  place,
  email,
  turn,
  grant: given,
})

function forget(customer: Customer, doomed: (word: Word) => boolean): void {
  for (const words of [customer.words, customer.above])
    for (const [key, word] of words) if (doomed(word)) words.delete(key)
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

function mainCustomerName(entry: Entry): string {
  const person = entry.data['mainCustomer']
  if (typeof person === 'object' && person && 'name' in person && typeof person.name === 'string')
    return person.name
  throw new TypeError(`${entry.type} ${entry.id} has no mainCustomer`)
}

function texts(entry: Entry, field: string): readonly string[] {
  const value: unknown = entry.data[field]
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value
  throw new TypeError(`${entry.type} ${entry.id} has no list ${field}`)
}
