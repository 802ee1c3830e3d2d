/** What the directory should be, told in turns instead of stamps: imports nothing that is tested. */
export type Model = {
  /** Milliseconds since the epoch. */
  now: number
  /** Raised by every command: of two things the one of the greater turn came later. */
  turn: number
  customers: Customer[]
  deliveries: Delivery[]
}

export type Delivery = { id: string; status: 'received' | 'applied' | 'failed' }

export type Customer = {
  id: string
  organisation: string
  status: 'active' | 'suspended' | 'closed'
  contact?: object | undefined
  billing?: object | undefined
  owner: User
  users: User[]
  projects: Project[]
  servers: Server[]
  offer?: Offer | undefined
}

export type AssignableType = 'customer-admin' | 'customer-billing' | 'customer-tech' | 'customer-client'
export type UserType = 'main-customer' | AssignableType

export type User = {
  /** Empty until the table tells. */
  id: string
  email: string
  name: string
  type: UserType
  disabled: boolean
  deleted: boolean
  /** Subject of the linked login. */
  login?: string | undefined
  /** Those that were unlinked since the last invitation. */
  unlinked?: readonly string[] | undefined
  /** How often its login has changed, and how often its type or status: what an offer of the ownership depends on. */
  logins: number
  changes: number
  invitedAt: number
  /** The turn since which it is of its type, and, of an admin, since which projects are its own: 0 for all. */
  typeSince: number
  adminSince: number
  /** An admin who owned everything before. */
  wasOwner: boolean
  /** The turn in which it last became billing, which holds no grants. */
  voided: number
  /** The last that was said of it in each place. */
  words: Map<string, Word>
}

export type Project = {
  id: string
  place: string
  name: string
  description?: string | undefined
  created: number
  deleted: boolean
}

export type Server = { id: string; hostname: string }

type Offer = { to: User; by: User; until: number; pledge: string }

/** A grant, or none where it was taken away. */
export type Word = { turn: number; grant: Grant | undefined }
export type Grant = {
  /** Of a server: its capabilities. */
  roles: readonly string[]
  source: 'explicit' | 'webhook' | 'review'
  expiresAt?: string | undefined
  reason?: string | undefined
}

export const mainPlace = 'main'
export const serverPlace = (id: string) => `server ${id}`

export const present = ({ users }: Customer) => users.filter(({ deleted }) => !deleted)
export const live = ({ projects }: Customer) => projects.filter(({ deleted }) => !deleted)
export const isOwner = ({ type }: User) => type === 'main-customer'
export const isAdmin = ({ type, deleted }: User) => type === 'customer-admin' && !deleted
export const adminsOf = ({ users }: Customer) => users.filter(isAdmin)

export const userByEmail = (customer: Customer, email: string) =>
  present(customer).find((user) => user.email === email)

export const projectByName = (customer: Customer, name: string) =>
  live(customer).find((project) => sameName(project.name, name))

export const sameName = (one: string, other: string) => one.toLowerCase() === other.toLowerCase()

/** The offer that the main-customer has made, whatever has become of the two. */
export const currentOffer = ({ offer, owner }: Customer, now: number) =>
  offer && offer.by === owner && now < offer.until ? offer : undefined

/** The one that can be accepted: it is to who was behind the account then, as what it was. */
export function standingOffer(customer: Customer, now: number) {
  const offer = customer.status === 'active' ? currentOffer(customer, now) : undefined
  if (!offer || !isAdmin(offer.to) || offer.to.disabled || offer.to.login === undefined) return undefined
  return fingerprintOf(customer.owner, offer.to) === offer.pledge ? offer : undefined
}

export const fingerprintOf = (by: User, to: User) => `${by.logins} ${to.logins} ${to.changes}`
