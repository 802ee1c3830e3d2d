/**
 * Every key of the table, built here and nowhere else. Access patterns:
 *
 * | question                                         | request                                                |
 * |--------------------------------------------------|--------------------------------------------------------|
 * | may this user do this?                           | BatchGet customer, user, resource, grants of it and Main |
 * | who is this e-mail / project name?               | Get its claim                                          |
 * | a customer's users, by e-mail                    | Query claims `EMAIL#` + BatchGet users                 |
 * | a customer's projects / servers / events         | Query by sort key prefix                               |
 * | who holds grants on this resource?               | index `grants-by-resource`                             |
 * | which customers are there?                       | index `customers`                                      |
 * | at which customers is this e-mail claimed?       | index `emails`                                         |
 * | deliveries of a source with a status             | index `deliveries`                                     |
 * | which deliveries wait for this item?             | index `waiting`                                        |
 * | what is due?                                     | index `due`                                            |
 * | was this request answered before?                | Get its idempotency record                             |
 * | how is this project in OpenStack?                | Get its record                                         |
 * | what has yet to reach a customer's projects?     | Query by sort key prefix                               |
 * | how many projects are pending, failed, ready?    | index `openstack`                                      |
 * | whose membership was changed a moment ago?       | Query the customer's latest events                     |
 * | a customer's review policy, review under way, next look of the clock | Get its calendar                   |
 * | a review; its items, by user; who is reminded    | Get it; Query by sort key prefix                       |
 * | when was each of a user's grants last used, and reviewed? | Query its uses                                |
 * | what has changed since this moment?               | Query the customer's events, and what is kept of them   |
 * | what was sent to this mailbox, and may anything be? | Get it                                              |
 *
 * Everything of a customer lies under `C#<c>` or `C#<c>#…`: tenant isolation is a leading-key condition.
 */
export type Key = { pk: string; sk: string }

const customerPartition = (customerId: string) => `C#${customerId}`
const userPartition = (customerId: string, userId: string) => `C#${customerId}#U#${userId}`
/** The partition of a review's items and reminders. */
export const reviewPartition = (customerId: string, reviewId: string) => `C#${customerId}#R#${reviewId}`

export type CleanedKind = 'user' | 'project' | 'server'
export type FanOutKind = 'user' | 'customer'

export const keys = {
  customer: (c: string): Key => ({ pk: customerPartition(c), sk: 'CUSTOMER' }),
  admins: (c: string): Key => ({ pk: customerPartition(c), sk: 'ADMINS' }),
  email: (c: string, email: string): Key => ({ pk: customerPartition(c), sk: `EMAIL#${email}` }),
  projectName: (c: string, nameKey: string): Key => ({ pk: customerPartition(c), sk: `NAME#${nameKey}` }),
  project: (c: string, projectId: string): Key => ({ pk: customerPartition(c), sk: `PROJECT#${projectId}` }),
  transfer: (c: string): Key => ({ pk: customerPartition(c), sk: 'TRANSFER' }),
  server: (c: string, serverId: string): Key => ({ pk: customerPartition(c), sk: `SERVER#${serverId}` }),
  user: (c: string, userId: string): Key => ({ pk: userPartition(c, userId), sk: 'USER' }),
  grant: (c: string, userId: string, kind: 'project' | 'server', id: string): Key => ({
    pk: userPartition(c, userId),
    sk: `GRANT#${kind}#${id}`,
  }),
  event: (c: string, eventId: string): Key => ({ pk: `${customerPartition(c)}#EVENTS`, sk: eventId }),
  /** A part of what has changed since a time, as far as this event. */
  past: (c: string, time: string, eventId: string): Key => ({
    pk: `${customerPartition(c)}#PAST#${time}`,
    sk: eventId,
  }),
  login: (hash: string, c: string): Key => ({ pk: `L#${hash}`, sk: c }),
  delivery: (source: string, id: string): Key => ({ pk: `D#${source}#${id}`, sk: 'DELIVERY' }),
  idempotency: (actor: string, key: string): Key => ({ pk: `K#${actor}#${key}`, sk: 'KEY' }),
  /** The state of a project in OpenStack. */
  openstack: (c: string, projectId: string): Key => ({
    pk: customerPartition(c),
    sk: `OPENSTACK#${projectId}`,
  }),
  /** Asks the OpenStack worker to mark all projects of this user or customer pending. */
  fanOut: (c: string, kind: FanOutKind, id: string): Key => ({
    pk: customerPartition(c),
    sk: `FANOUT#${kind}#${id}`,
  }),
  /** The full sync of everything in OpenStack. */
  fullSync: { pk: 'OPENSTACK', sk: 'FULL-SYNC' },
  /** Asks the clean-up to remove the grants that this deletion or change of type has ended; `at` is its stamp. */
  cleanup: (c: string, kind: CleanedKind, id: string, at: string): Key => ({
    pk: customerPartition(c),
    sk: `CLEANUP#${kind}#${id}#${at}`,
  }),
  /** A customer's review policy, the review under way, and the time of the clock's next run. */
  reviewSchedule: (c: string): Key => ({ pk: customerPartition(c), sk: 'REVIEW-SCHEDULE' }),
  review: (c: string, reviewId: string): Key => ({ pk: customerPartition(c), sk: `REVIEW#${reviewId}` }),
  /** The workers' checkpoint in a review. */
  checkpoint: (c: string, reviewId: string): Key => ({
    pk: `${reviewPartition(c, reviewId)}#CHECKPOINT`,
    sk: 'CHECKPOINT',
  }),
  reviewItem: (
    c: string,
    reviewId: string,
    { userId, kind, id }: { userId: string; kind: 'project' | 'server'; id: string },
  ): Key => ({ pk: reviewPartition(c, reviewId), sk: `ITEM#${userId}#${kind}#${id}` }),
  /** A reminder to a reviewer with pending decisions; `mark`: the reminder round. */
  reminder: (c: string, reviewId: string, mark: string, userId: string): Key => ({
    pk: reviewPartition(c, reviewId),
    sk: `REMINDER#${mark}#${userId}`,
  }),
  /** An invitation of a user, numbered from 1. */
  invitation: (c: string, userId: string, number: number): Key => ({
    pk: `${userPartition(c, userId)}#MAIL`,
    sk: `INVITATION#${number}`,
  }),
  /** The number of people that a customer has invited on a day. */
  invited: (c: string): Key => ({ pk: customerPartition(c), sk: 'INVITED' }),
  /** The messages lately sent to a mailbox by all customers, and whether its owner has opted out. */
  mailbox: (hash: string): Key => ({ pk: `M#${hash}`, sk: 'MAILBOX' }),
  /** When a user last used a project or server, and when the grant was last reviewed. */
  usage: (c: string, userId: string, kind: 'project' | 'server', id: string): Key => ({
    pk: `${userPartition(c, userId)}#USAGE`,
    sk: `${kind}#${id}`,
  }),
  /**
   * A revocation that waits for its user or resource, by the names it uses: no older grant of that pair gets past it.
   */
  revocation: (c: string, kind: 'project' | 'server', resource: string, email: string): Key => ({
    pk: `${customerPartition(c)}#REVOKED`,
    sk: `${email}#${kind}#${resource}`,
  }),
} as const

/** Sort key prefixes for Queries within a customer's partition. */
export const prefixes = {
  emails: 'EMAIL#',
  projects: 'PROJECT#',
  servers: 'SERVER#',
  openstack: 'OPENSTACK#',
  fanOut: 'FANOUT#',
  reviews: 'REVIEW#',
  items: 'ITEM#',
  reminders: 'REMINDER#',
} as const

/** A key as one text, as index attributes refer to it. */
export const keyText = ({ pk, sk }: Key): string => `${pk}|${sk}`

/** The resource of a grant, as `grants-by-resource` knows it. */
export const grantedOn = (c: string, kind: 'project' | 'server', id: string): string =>
  `${customerPartition(c)}#${kind}#${id}`

const deliveryKey = /^D#([^#]+)#([^#]+)$/

/** Source and id of a delivery's key; `undefined` for any other item's. */
export function parseDeliveryKey({ pk }: Key): { source: string; id: string } | undefined {
  const [, source, id] = deliveryKey.exec(pk) ?? []
  return source && id ? { source, id } : undefined
}

const cleanupKey = /^C#([^#]+)\|CLEANUP#(user|project|server)#([^#]+)#/

/** The key of the item that a clean-up request is about; `undefined` for other items' keys. */
export function parseCleanupKey(key: Key): Key | undefined {
  const [, customerId, kind, id] = cleanupKey.exec(keyText(key)) ?? []
  if (!customerId || !id) return undefined
  if (kind === 'user') return keys.user(customerId, id)
  return kind === 'project' ? keys.project(customerId, id) : keys.server(customerId, id)
}

const grantKey = /^C#([^#]+)#U#([^#]+)\|GRANT#(project|server)#(.+)$/

/** Parses a grant's key: its user and its resource. */
export function parseGrantKey(key: Key) {
  const [, customerId, userId, kind, id] = grantKey.exec(keyText(key)) ?? []
  if (!customerId || !userId || !id) throw new Error('the key is not one of a grant')
  return { customerId, userId, resource: { kind: kind === 'project' ? 'project' : 'server', id } as const }
}

const openstackKey = /^C#([^#]+)\|OPENSTACK#([^#]+)$/

/** The project of an OpenStack record's key; `undefined` for any other item's. */
export function parseOpenStackKey(key: Key): { customerId: string; projectId: string } | undefined {
  const [, customerId, projectId] = openstackKey.exec(keyText(key)) ?? []
  return customerId && projectId ? { customerId, projectId } : undefined
}

const fanOutKey = /^C#([^#]+)\|FANOUT#(user|customer)#([^#]+)$/

/** Parses the key of a fan-out request; `undefined` for other items. */
export function parseFanOutKey(key: Key) {
  const [, customerId, kind, id] = fanOutKey.exec(keyText(key)) ?? []
  if (!customerId || !id) return undefined
  return { customerId, kind: kind === 'user' ? 'user' : 'customer', id } as const
}

const itemKey = /^C#([^#]+)#R#([^#]+)\|ITEM#([^#]+)#(project|server)#(.+)$/

/** Parses the key of a review's item: the user and the resource of its grant; `undefined` for other items. */
export function parseItemKey(key: Key) {
  const [, customerId, reviewId, userId, kind, id] = itemKey.exec(keyText(key)) ?? []
  if (!customerId || !reviewId || !userId || !id) return undefined
  const resource = { kind: kind === 'project' ? 'project' : 'server', id } as const
  return { customerId, reviewId, userId, resource }
}

const reminderKey = /^C#([^#]+)#R#([^#]+)\|REMINDER#([^#]+)#([^#]+)$/

/** Parses the key of a reminder; `undefined` for other items. */
export function parseReminderKey(key: Key) {
  const [, customerId, reviewId, mark, userId] = reminderKey.exec(keyText(key)) ?? []
  return customerId && reviewId && mark && userId ? { customerId, reviewId, mark, userId } : undefined
}

const invitationKey = /^C#([^#]+)#U#([^#]+)#MAIL\|INVITATION#(\d+)$/

/** Parses the key of an invitation; `undefined` for other items. */
export function parseInvitationKey(key: Key) {
  const [, customerId, userId, number] = invitationKey.exec(keyText(key)) ?? []
  return customerId && userId ? { customerId, userId, number: Number(number) } : undefined
}

const usageKey = /^C#([^#]+)#U#([^#]+)#USAGE\|(project|server)#(.+)$/

/** Parses the key of a usage item; `undefined` for other items. */
export function parseUsageKey(key: Key) {
  const [, customerId, userId, kind, id] = usageKey.exec(keyText(key)) ?? []
  if (!customerId || !userId || !id) return undefined
  return { customerId, userId, resource: { kind: kind === 'project' ? 'project' : 'server', id } } as const
}

/** Parses the customer's id from the key of one of its items; `undefined` for other items. */
export const parseCustomerKey = ({ pk }: Key): string | undefined => /^C#([^#]+)(?:#|$)/.exec(pk)?.[1]
