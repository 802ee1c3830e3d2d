import { newId } from '../../../shared/directory/change/change-plan.ts'
import { mainProjectOf } from '../../../shared/domain/access/main-project.ts'
import type { Capability } from '../../../shared/domain/entities/capability.ts'
import { claimedBy } from '../../../shared/domain/entities/claim.ts'
import type { GrantedResource, StoredGrant } from '../../../shared/domain/entities/grant.ts'
import { services } from '../../../shared/domain/entities/role.ts'
import type { UserType } from '../../../shared/domain/entities/user-type.ts'
import type { User } from '../../../shared/domain/entities/user.ts'
import { type Instant, instantOf, stampOf } from '../../../shared/domain/values/instant.ts'
import { emailClaimItem } from '../../../shared/records/claims.ts'
import { adminsItem, customerItem } from '../../../shared/records/customers.ts'
import { grantItem } from '../../../shared/records/grants.ts'
import { projectItem } from '../../../shared/records/projects.ts'
import { serverItem } from '../../../shared/records/servers.ts'
import { userItem } from '../../../shared/records/users.ts'
import { defaultPolicy, type Unanswered } from '../../../shared/reviews/policy/review-policy.ts'
import { scheduleItem } from '../../../shared/reviews/store.ts'
import { mapConcurrent } from '../../../shared/runtime/concurrency.ts'
import type { Key } from '../../../shared/table/keys.ts'
import type { Table } from '../../../shared/table/table.ts'
import { itemSize } from '../../support/item-size.ts'

/** A customer whose users hold so many grants, those that come with a type among them. */
export type Population = {
  customerId: string
  grants: number
  projects: number
  servers: number
  /** What the users hold by turns. */
  perUser: { least: number; most: number }
  /** Characters of e-mail addresses, names of projects and host names. */
  nameLength: number
  unanswered?: Unanswered
}

type Stored = Key & Record<string, unknown>

const day = 86_400_000
/** Long enough ago for anything to count as unused. */
const since = (now: Date, days = 300): Instant => instantOf(new Date(now.getTime() - days * day))
const longestProjectName = 63

/** Everything of it, as the directory has it; the first two users are the main-customer and an admin. */
export function itemsOf(population: Population, now: Date): { items: Stored[]; grants: StoredGrant[] } {
  const { customerId, perUser, unanswered = 'recommendation' } = population
  const from = since(now)
  const resources = resourcesOf(population, from)
  const owner = userOf(population, 0, 'main-customer', from)
  const admin = userOf(population, 1, 'customer-admin', from)
  const users = [owner, admin]
  const grants: StoredGrant[] = []
  let left = population.grants - 2 * (1 + population.projects)
  for (let number = 2; left > 0; number++) {
    const user = userOf(population, number, number % 3 === 0 ? 'customer-client' : 'customer-tech', from)
    const count = Math.min(left, perUser.least + ((number * 37) % (perUser.most - perUser.least + 1)))
    users.push(user)
    for (let place = 0; place < count; place++) {
      const resource = resources.held[(number * 7 + place) % resources.held.length]
      if (resource) grants.push(grantOf(user, resource, grants.length, admin.id, from))
    }
    left -= count
  }
  const items = [
    ...resources.items,
    customerItem(customerOf(population, owner.id, from)),
    adminsItem(customerId, { since: { [admin.id]: from }, changed: stampOf(from, 'evt') }),
    scheduleItem({ customerId, policy: { ...defaultPolicy, unanswered }, since: from }),
    ...users.flatMap((user) => [
      userItem(user),
      emailClaimItem(customerId, user.email, claimedBy(undefined, user.id, user.stamps.email)),
    ]),
    ...grants.map((grant) => grantItem(grant)),
  ]
  return { items, grants }
}

/** Writes items that aren't there yet, a hundred in a transaction. */
export async function write(table: Table, items: readonly Stored[]): Promise<void> {
  const batches = Array.from({ length: Math.ceil(items.length / 100) }, (_, batch) =>
    items.slice(batch * 100, (batch + 1) * 100),
  )
  await mapConcurrent(batches, 4, (batch) =>
    table.transact(batch.map((put) => ({ put, expectedVersion: 'absent' }))),
  )
}

const collection = /#U#[^#]+$/

/** The read units of every user's collection, each rounded up to 4 KB, and how many users there are. */
export function unitsOfCollections(items: readonly Stored[]): { users: number; units: number } {
  const bytes = new Map<string, number>()
  for (const item of items.filter(({ pk }) => collection.test(pk)))
    bytes.set(item.pk, (bytes.get(item.pk) ?? 0) + itemSize({ ...item, version: 1 }))
  const units = [...bytes.values()].reduce((sum, size) => sum + Math.ceil(size / 4096), 0)
  return { users: bytes.size, units }
}

function customerOf({ customerId }: Population, mainCustomerId: string, from: Instant) {
  const stamp = stampOf(from, 'evt')
  return {
    id: customerId,
    organisation: `Organisation ${customerId}`,
    status: 'active' as const,
    mainCustomerId,
    createdAt: from,
    updatedAt: from,
    stamps: { status: stamp, organisation: stamp, contact: stamp, billing: stamp },
  }
}

function resourcesOf(population: Population, from: Instant): { items: Stored[]; held: GrantedResource[] } {
  const { customerId, projects, servers, nameLength } = population
  const times = { createdAt: from, updatedAt: from }
  const made = Array.from({ length: projects }, (_, number) => ({
    id: newId('prj', from),
    customerId,
    kind: 'openstack' as const,
    name: named('platform-engineering', number, Math.min(nameLength, longestProjectName - customerId.length)),
    status: 'active' as const,
    ...times,
  }))
  const known = Array.from({ length: servers }, (_, number) => ({
    id: `vps-${String(number).padStart(7, '0')}`,
    customerId,
    hostname: named('web.production', number, nameLength),
    exists: true,
    stamp: stampOf(from, 'evt'),
    ...times,
  }))
  const main = { ...mainProjectOf({ ...customerOf(population, '', from) }) }
  return {
    items: [...[main, ...made].map((project) => projectItem(project)), ...known.map((it) => serverItem(it))],
    held: [
      ...made.map(({ id }) => ({ kind: 'project' as const, id })),
      ...known.map(({ id }) => ({ kind: 'server' as const, id })),
    ],
  }
}

function userOf({ customerId, nameLength }: Population, number: number, type: UserType, from: Instant): User {
  const stamp = stampOf(from, `evt_${number}`)
  const domain = `@${customerId.toLowerCase()}.example`
  return {
    id: newId('usr', from),
    customerId,
    email: `${named('first.last', number, nameLength - domain.length)}${domain}`,
    name: named('Some Body', number, 20),
    status: 'active',
    types: [{ type, at: stamp, since: type === 'customer-admin' ? from : undefined }],
    createdAt: from,
    updatedAt: from,
    invitedAt: from,
    stamps: { name: stamp, status: stamp, email: stamp },
    login: { hash: 'x'.repeat(43), linkedAt: from },
  }
}

const roles = [
  ['compute:manage', 'network:read', 'volume:operate'],
  ['full'],
  ['objectstore:operate', 'loadbalancer:read'],
  services.map((service) => `${service}:manage`),
]
const capabilities: Capability[][] = [
  ['view', 'power', 'console'],
  ['view', 'power', 'console', 'rescue', 'reinstall', 'snapshot', 'backup', 'monitoring', 'resize'],
]

function grantOf(
  { id: userId, customerId }: User,
  resource: GrantedResource,
  number: number,
  adminId: string,
  from: Instant,
): StoredGrant {
  const isServer = resource.kind === 'server'
  const isOrdered = number % 4 === 0
  return {
    customerId,
    userId,
    resource,
    stamp: stampOf(from, isOrdered ? `evt_bench_${number}` : adminId),
    roles: isServer ? [] : (roles[number % roles.length] ?? []),
    capabilities: isServer ? (capabilities[number % capabilities.length] ?? []) : [],
    source: isOrdered ? 'webhook' : 'explicit',
    grantedBy: isOrdered ? 'webhook:orders' : `user:${adminId}`,
    grantedAt: from,
    expiresAt: number % 7 === 0 ? '2099-12-31T22:00:00.000000000Z' : undefined,
  }
}

const named = (what: string, number: number, length: number) => {
  const end = `-${number}`
  return `${what}${'x'.repeat(Math.max(0, length - what.length - end.length))}${end}`.slice(-length)
}
