import type { Facts, ResourceRef } from '../../../../shared/domain/access/decide.ts'
import { mainProjectOf } from '../../../../shared/domain/access/main-project.ts'
import type { Customer } from '../../../../shared/domain/entities/customer.ts'
import type { Fact, StoredGrant } from '../../../../shared/domain/entities/grant.ts'
import type { Project } from '../../../../shared/domain/entities/project.ts'
import type { TypeEntry, UserType } from '../../../../shared/domain/entities/user-type.ts'
import type { User } from '../../../../shared/domain/entities/user.ts'
import type { Random } from '../../../support/random.ts'
import type { Meaning, Terms } from '../meaning.ts'
import { types } from './random-meaning.ts'
import { earliest, instantAt, stampAt, tickOf } from './moments.ts'

const customerId = 'ORC000001'

/** What the grants of a user are measured by, as numbers of stamps. */
type Past = {
  types: TypeEntry[]
  /** Since when the present type holds; the last change to billing and the last deletion, which end older grants. */
  since: number
  ended: number
  /** The deletion among them; -1 if there was none. */
  deleted: number
  wasOwner: boolean
  /** The tick since when an admin is one. */
  adminSince: number
}

/** One of the many ways in which the directory may hold what is meant. */
export function storedAs(
  random: Random,
  meaning: Meaning,
): { facts: Facts; action: string; ref: ResourceRef } {
  const { now, action, resource } = meaning
  const past = randomPast(random, meaning.user.type)
  const customer = customerOf(meaning.customer)
  const user = userOf(random, meaning.user, past)
  const grants = new Map<string, StoredGrant>()
  const put = (kind: 'project' | 'server', id: string, grant: Part | undefined) => {
    if (grant) grants.set(`${kind}/${id}`, { ...grantBase, ...grant, resource: { kind, id } })
  }
  put('project', 'main', grantOfMain(random, meaning, past))
  if (random.chance(0.3)) put('project', 'prj_other', anyGrant(random, random.below(9_000)))
  const ref = { type: resource.kind, id: resource.id }
  const found = resourceOf(random, meaning, past, put)
  const facts = { now: instantAt(now), customer, user, grants, main: customer && mainProjectOf(customer) }
  if (resource.kind === 'customer') {
    return {
      facts: { ...facts, resource: undefined },
      action,
      ref: { ...ref, id: resource.exists ? customerId : 'ORC000002' },
    }
  }
  return { facts: { ...facts, resource: found }, action, ref }
}

function customerOf(status: Meaning['customer']): Customer | undefined {
  if (status === 'none') return undefined
  const at = stampAt(0)
  const stamps = { status: at, organisation: at, contact: at, billing: at }
  const times = { createdAt: instantAt(0), updatedAt: instantAt(0) }
  return { id: customerId, organisation: 'Oracle', status, mainCustomerId: 'usr_0', ...times, stamps }
}

/** A history that ends in the type, perhaps after others, perhaps said twice. */
function randomPast(random: Random, type: string): Past {
  const present = (type === 'none' ? 'customer-tech' : type) as UserType
  const deleted = random.chance(0.3) ? 10 + random.below(80) : -1
  const past: Past = { types: [], since: 0, ended: deleted, deleted, wasOwner: false, adminSince: 0 }
  let stamp = 100 + random.below(50)
  let last: string | undefined
  const add = (entry: string, since?: number) => {
    past.types.push({
      type: entry as UserType,
      at: stampAt(stamp),
      ...(since !== undefined && {
        since: since === earliest ? '0000-01-01T00:00:00.000000000Z' : instantAt(since),
      }),
    })
    if (entry === 'customer-billing' && last !== entry) past.ended = stamp
    last = entry
    stamp += 1 + random.below(60)
  }
  const before = random.chance(0.5) ? random.below(4) : 0
  for (let count = 0; count < before; count++)
    add(random.pick(types), random.chance(0.1) ? earliest : undefined)
  if (present === 'customer-admin' && random.chance(0.25)) add('main-customer')
  // Its own period may have begun with the last of those.
  const period = past.types.findLastIndex((entry) => entry.type !== present) + 1
  const times = period < past.types.length ? random.below(2) : 1 + random.below(2)
  for (let count = 0; count < times; count++) {
    add(
      present,
      present === 'customer-admin' && random.chance(0.15) ? random.pick([earliest, 20, 60]) : undefined,
    )
  }
  const own = past.types.slice(period)
  const named = own.find(({ since }) => since !== undefined)?.since
  past.since = numberOf(own[0]?.at)
  past.wasOwner = past.types[period - 1]?.type === 'main-customer'
  past.adminSince =
    named === undefined ? tickOf(past.since) : named.startsWith('0000') ? earliest : tickOfText(named)
  return past
}

const numberOf = (stamp = ''): number => Number(/#evt_(\d+)/.exec(stamp)?.[1])
const tickOfText = (instant: string): number =>
  [20, 60].find((tick) => instantAt(tick) === instant) ?? Number.NaN

function userOf(
  random: Random,
  { id, status }: Meaning['user'],
  { types: entries, deleted }: Past,
): User | undefined {
  if (status === 'none' && random.chance(0.5)) return undefined
  const at = stampAt(numberOf(entries[0]?.at))
  const user: User = {
    ...userBase,
    id,
    types: entries,
    stamps: { name: at, status: at, email: at },
    ...deletedAt(deleted),
  }
  if (status === 'none')
    return { ...user, status: random.pick(['active', 'disabled']), deleted: stampAt(2_000) }
  return { ...user, status }
}

type Part = Omit<StoredGrant, 'resource' | 'customerId' | 'userId' | 'grantedBy'>
const grantBase = { customerId, userId: 'usr_0', grantedBy: 'oracle' }
const userBase = {
  customerId,
  email: 'somebody@oracle.example',
  name: 'Somebody',
  status: 'active',
  createdAt: instantAt(0),
  updatedAt: instantAt(0),
  invitedAt: instantAt(0),
} as const

const grantAt = (stamp: number, names: readonly string[], until?: number): Part => ({
  stamp: stampAt(stamp),
  roles: names,
  capabilities: names as Part['capabilities'],
  source: 'explicit',
  grantedAt: instantAt(tickOf(stamp)),
  ...(until !== undefined && { expiresAt: instantAt(until) }),
})
const removalAt = (stamp: number): Part => ({ ...grantAt(stamp, []), revoked: true })
const anyGrant = (random: Random, stamp: number): Part =>
  random.chance(0.3)
    ? removalAt(stamp)
    : grantAt(stamp, random.pick([['cdn'], ['full'], ['view', 'power'], []]))

const after = (random: Random, ...bounds: number[]) => Math.max(...bounds) + 1 + random.below(300)
const before = (random: Random, bound: number) => Math.max(0, bound - 1 - random.below(60))

/** A stored grant that means this, or none, and stands in nobody's way where it must not. */
function grantOfMain(random: Random, { user, main }: Meaning, past: Past): Part | undefined {
  const { since, ended } = past
  if (user.type === 'main-customer' || user.type === 'none')
    return random.chance(0.5) ? anyGrant(random, random.below(900)) : undefined
  if (user.type === 'customer-billing') return ofBilling(random, main, since)
  const comesWithType = user.type === 'customer-admin'
  if (main) {
    const isByType = comesWithType && main.names.length === 0 && main.until === undefined
    if (isByType && random.chance(0.7))
      return random.chance(0.5) ? anyGrant(random, before(random, since)) : undefined
    return withOlder(random, grantAt(after(random, ended, comesWithType ? since : 0), main.names, main.until))
  }
  if (comesWithType) return withOlder(random, removalAt(after(random, since)))
  return withoutEffect(random, ended)
}

/** Billing carries a membership without a role, or a removal; what it can't carry may lie in front. */
function ofBilling(random: Random, main: Terms | undefined, since: number): Part | undefined {
  const isByType = main?.until === undefined && main !== undefined && random.chance(0.6)
  const fitting = isByType
    ? random.chance(0.5)
      ? undefined
      : random.pick([grantAt(before(random, since), []), removalAt(before(random, since))])
    : main
      ? grantAt(after(random, since), main.names, main.until)
      : removalAt(after(random, since))
  if (random.chance(0.5)) return fitting
  const inFront = grantAt(after(random, since, numberOf(fitting?.stamp) || 0), ['cdn'])
  return fitting ? { ...inFront, older: [factOf(fitting)] } : inFront
}

function factOf(part: Part): Fact {
  const { stamp, revoked, roles, source, grantedAt, expiresAt } = part
  return { stamp, revoked, roles, source, grantedAt, expiresAt, grantedBy: 'oracle' }
}
const withOlder = (random: Random, grant: Part): Part =>
  random.chance(0.3)
    ? { ...grant, older: [factOf(anyGrant(random, before(random, numberOf(grant.stamp))))] }
    : grant

/** Nothing, a removal, or a grant from before what ended it. */
function withoutEffect(random: Random, ended: number): Part | undefined {
  if (random.chance(0.3)) return undefined
  if (ended < 1 || random.chance(0.5)) return removalAt(random.below(900))
  return grantAt(before(random, ended), ['full', 'cdn', 'view', 'power'])
}

type Put = (kind: 'project' | 'server', id: string, grant: Part | undefined) => void

function resourceOf(random: Random, meaning: Meaning, past: Past, put: Put): Facts['resource'] {
  const { kind, id, exists, isMain } = meaning.resource
  const isAbsent = !exists && random.chance(0.4)
  if (isAbsent || kind === 'customer' || kind === 'zone') return undefined
  if (kind === 'user') return otherUser(random, meaning)
  if (kind === 'server') {
    const lastDeleted = random.chance(0.3) ? random.below(900) : -1
    put('server', id, assignment(random, meaning, past, lastDeleted))
    const times = { createdAt: instantAt(0), updatedAt: instantAt(0) }
    const item = {
      id,
      customerId,
      hostname: id,
      exists,
      stamp: stampAt(1),
      ...times,
      ...deletedAt(lastDeleted),
    }
    return { type: 'server', server: item }
  }
  if (isMain) {
    const main = mainProjectOf(customerOf('active') as Customer)
    return { type: 'project', project: main }
  }
  return { type: 'project', project: openStack(random, meaning, past, put) }
}

const deletedAt = (stamp: number) => (stamp < 0 ? {} : { lastDeleted: stampAt(stamp) })

function otherUser(random: Random, { user, resource }: Meaning): Facts['resource'] {
  const type = resource.isMainCustomer ? 'main-customer' : random.pick(types.slice(1))
  const isSelf = resource.id === user.id
  const past = randomPast(random, isSelf && user.status !== 'none' ? user.type : type)
  const other = {
    ...userBase,
    id: resource.id,
    types: past.types,
    stamps: { name: '', status: '', email: '' },
  }
  return { type: 'user', user: resource.exists ? other : { ...other, deleted: stampAt(2_000) } }
}

function assignment(
  random: Random,
  { user, resource }: Meaning,
  past: Past,
  lastDeleted: number,
): Part | undefined {
  const { held } = resource
  if (held) return grantAt(after(random, past.ended, lastDeleted), held.names, held.until)
  const isAbove = ['main-customer', 'customer-billing', 'none'].includes(user.type)
  if (isAbove && random.chance(0.5)) return grantAt(random.below(2_000), ['view', 'power', 'full'])
  return withoutEffect(random, Math.max(past.ended, lastDeleted))
}

/** An admin is in it by type if it isn't older than the time as admin, and no grant or removal counts. */
function openStack(random: Random, { user, resource }: Meaning, past: Past, put: Put): Project {
  const { held, id } = resource
  const { since, ended, adminSince, wasOwner } = past
  const isAdmin = user.type === 'customer-admin'
  const isFull = held?.names[0] === 'full' && held.until === undefined
  const isByType = isAdmin && isFull && random.chance(0.8)
  const mustBeOlder = isAdmin && !held && adminSince !== earliest && random.chance(0.6)
  const created =
    isByType || !mustBeOlder
      ? Math.max(adminSince, 0) + random.pick([0, 0, 1, 2, 30, 90])
      : Math.max(0, adminSince - 1 - random.below(20))
  const lastDeleted = created > 0 && random.chance(0.3) ? random.below(created * 4) : -1
  const ends = Math.max(ended, lastDeleted)
  const ownSince = isAdmin && wasOwner ? since : -1
  if (isByType) put('project', id, beforeAdmin(random, { since, ends, ownSince }))
  else if (held && user.type !== 'main-customer')
    put('project', id, grantAt(after(random, ends, ownSince), held.names, held.until))
  else if (isAdmin) {
    const isOlder = created < adminSince
    const isRemoved = !isOlder || random.chance(0.4)
    put(
      'project',
      id,
      isRemoved
        ? removalAt(after(random, since, lastDeleted))
        : beforeAdmin(random, { since, ends, ownSince }),
    )
  } else if (user.type === 'customer-tech' || user.type === 'customer-client')
    put('project', id, withoutEffect(random, ends))
  else if (random.chance(0.6)) put('project', id, anyGrant(random, random.below(2_000)))
  return {
    ...projectBase,
    id,
    name: id,
    createdAt: instantAt(created),
    ...deletedAt(lastDeleted),
    ...gone(random, resource.exists),
  }
}

const projectBase = { customerId, kind: 'openstack', status: 'active', updatedAt: instantAt(0) } as const

function gone(random: Random, exists: boolean): Partial<Project> {
  if (exists) return {}
  return random.chance(0.5) ? { status: 'deleting', deleting: stampAt(3_000) } : { deleted: stampAt(3_000) }
}

/** Stored for an admin, and not in the way of what the type brings. */
function beforeAdmin(
  random: Random,
  { since, ends, ownSince }: { since: number; ends: number; ownSince: number },
): Part | undefined {
  const way = random.below(3)
  if (way === 0) return removalAt(before(random, since))
  const bound = Math.max(ends, ownSince)
  return way === 1 && bound > 0 ? grantAt(before(random, bound), ['compute:read']) : undefined
}
