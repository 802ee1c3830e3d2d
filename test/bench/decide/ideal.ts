import type { Decision, Facts, ResourceRef } from '../../../shared/domain/access/decide.ts'
import type { StoredGrant } from '../../../shared/domain/entities/grant.ts'
import type { Project } from '../../../shared/domain/entities/project.ts'
import type { User } from '../../../shared/domain/entities/user.ts'

/**
 * What `decide` answers, written out by hand for speed alone: the least that any code can spend on the same answers
 * from the same facts. It is what `decide` is measured against, and knows nothing of its code.
 */
export function ideal(facts: Facts, action: string, { type: kind, id }: ResourceRef): Decision {
  const rule = rules.get(action)
  if (rule === undefined) return deny('unknown-action')
  const kindBit =
    kind === 'project' ? 4 : kind === 'server' ? 8 : kind === 'customer' ? 1 : kind === 'user' ? 2 : 0
  if (kindBit !== 0 && (rule.kinds & kindBit) === 0) return deny('unknown-action')
  const { customer, user, resource, now } = facts
  if (customer === undefined || user === undefined || user.deleted) return deny('unknown-subject')
  if (kindBit === 0) return deny('unknown-resource')
  if (kindBit === 1) {
    if (id !== customer.id) return deny('unknown-resource')
  } else if (resource === undefined) return deny('unknown-resource')
  else if (resource.type === 'project') {
    if (resource.project.status !== 'active' || resource.project.deleted !== undefined)
      return deny('unknown-resource')
  } else if (resource.type === 'server') {
    if (!resource.server.exists) return deny('unknown-resource')
  } else if (resource.user.deleted) return deny('unknown-resource')
  if (customer.status !== 'active') {
    if (customer.status === 'closed') return deny('closed')
    if (!rule.whenSuspended) return deny('suspended')
  }
  if (user.status === 'disabled') return deny('disabled')

  const { types } = user
  const type = types[types.length - 1]?.type
  const { group } = rule
  if (resource !== undefined) {
    if (resource.type === 'user') {
      const { user: other } = resource
      if (other.id === user.id) {
        if (
          action === 'user.read' &&
          type !== 'main-customer' &&
          (type !== 'customer-admin' || !inMain(facts, user, type, now))
        )
          return { allowed: true, reason: { code: 'self' } }
      } else if (action === 'user.manage' && other.types[other.types.length - 1]?.type === 'main-customer')
        return deny('locked')
    } else if (resource.type === 'project' && resource.project.kind === 'main' && group !== 'project.read')
      return deny('locked')
  }

  if (type === 'main-customer') return { allowed: true, reason: { code: 'owner' } }
  if (type === 'customer-billing') {
    if (group !== 'billing') return deny('type-ceiling')
    return inMain(facts, user, type, now) ? byType() : deny('not-a-main-member')
  }
  if (group === 'service') return inProject(facts, user, type, rule)
  if (type === 'customer-admin') {
    if (inMain(facts, user, type, now)) return byType()
    if (group === 'project.read' && resource !== undefined) {
      const reading = inProject(facts, user, type, undefined)
      if (reading.allowed) return reading
    }
    return deny('not-a-main-member')
  }
  if (group === 'admin' || group === 'billing') return deny('type-ceiling')
  if (group === 'project.read' && resource !== undefined) return inProject(facts, user, type, undefined)
  const main = mainGrant(facts, user, type)
  if (main === undefined || (main.expiresAt !== undefined && main.expiresAt <= now))
    return deny('not-a-main-member')
  if (group === 'cdn') {
    if (!main.roles.includes('cdn'))
      return { allowed: false, reason: { code: 'role-too-low', needed: 'cdn' } }
    return {
      allowed: true,
      reason: { code: 'membership', grant: `projects/main/members/${user.id}`, roles: main.roles },
    }
  }
  if (resource === undefined || resource.type !== 'server') return deny('no-grant')
  const { server } = resource
  const stored = facts.grants.get(`server/${server.id}`)
  if (stored === undefined || stored.revoked || isVoid(user, stored)) return deny('no-grant')
  if (server.lastDeleted !== undefined && server.lastDeleted > stored.stamp) return deny('no-grant')
  if (stored.expiresAt !== undefined && stored.expiresAt <= now) return deny('expired')
  const { needed } = rule
  const capabilities: readonly string[] = stored.capabilities
  if (!capabilities.includes(needed)) return { allowed: false, reason: { code: 'role-too-low', needed } }
  return {
    allowed: true,
    reason: { code: 'assignment', grant: `servers/${server.id}/assignments/${user.id}`, capabilities },
  }
}

const deny = (code: Extract<Decision, { allowed: false }>['reason']['code']): Decision => ({
  allowed: false,
  reason: { code },
})
const byType = (): Decision => ({ allowed: true, reason: { code: 'type' } })

type Type = User['types'][number]['type'] | undefined

/** Ended by a time as billing since, or by a deletion of the address. */
function isVoid(user: User, { stamp }: StoredGrant): boolean {
  const { types, lastDeleted } = user
  if (lastDeleted !== undefined && lastDeleted > stamp) return true
  if (types.length === 1) return false
  for (let place = types.length - 1; place >= 0; place--) {
    const entry = types[place]
    if (entry === undefined || entry.at <= stamp) return false
    if (entry.type === 'customer-billing' && types[place - 1]?.type !== 'customer-billing') return true
  }
  return false
}

/** Where the present type began. */
function startOf({ types }: User, type: Type): number {
  let start = types.length - 1
  while (start > 0 && types[start - 1]?.type === type) start--
  return start
}

/** The stored grant of Main in effect, for types that don't bring one. */
function mainGrant({ grants }: Facts, user: User, type: Type): StoredGrant | undefined {
  let stored = grants.get('project/main')
  if (stored === undefined) return undefined
  if (type === 'customer-billing' && !stored.revoked && stored.roles.length > 0) {
    const older = stored.older?.find((fact) => fact.revoked || fact.roles.length === 0)
    if (older === undefined) return undefined
    stored = { ...stored, ...older }
  }
  return stored.revoked || isVoid(user, stored) ? undefined : stored
}

/** Of an admin or a billing user, or of somebody with a grant. */
function inMain(facts: Facts, user: User, type: Type, now: string): boolean {
  const stored = facts.grants.get('project/main')
  if (stored === undefined) return true
  const since = user.types[startOf(user, type)]?.at ?? ''
  if (stored.stamp <= since && !(type === 'customer-billing' && false)) return true
  const grant = mainGrant(facts, user, type)
  if (type === 'customer-billing' && grant !== undefined && grant.stamp <= since) return true
  return grant !== undefined && !(grant.expiresAt !== undefined && grant.expiresAt <= now)
}

function inProject(facts: Facts, user: User, type: Type, rule: Rule | undefined): Decision {
  const { resource, grants, now } = facts
  if (resource === undefined || resource.type !== 'project') return deny('no-grant')
  const { project } = resource
  if (project.kind === 'main') {
    const grant = mainGrant(facts, user, type)
    if (grant === undefined) return deny('no-grant')
    if (grant.expiresAt !== undefined && grant.expiresAt <= now) return deny('expired')
    return byMembership(user, project, grant.roles)
  }
  const stored = grants.get(`project/${project.id}`)
  return stored === undefined && type !== 'customer-admin'
    ? deny('no-grant')
    : inOpenStack(facts, user, project, stored, type, rule)
}

function inOpenStack(
  { now }: Facts,
  user: User,
  project: Project,
  stored: StoredGrant | undefined,
  type: Type,
  rule: Rule | undefined,
): Decision {
  const isAdmin = type === 'customer-admin'
  let found = stored
  if (found !== undefined && project.lastDeleted !== undefined && found.stamp < project.lastDeleted)
    found = undefined
  const start = isAdmin ? startOf(user, type) : 0
  const since = user.types[start]?.at ?? ''
  if (
    found !== undefined &&
    isAdmin &&
    found.stamp < since &&
    user.types[start - 1]?.type === 'main-customer'
  )
    found = undefined
  if (found !== undefined && !found.revoked && !isVoid(user, found)) {
    if (found.expiresAt !== undefined && found.expiresAt <= now) return deny('expired')
    if (rule !== undefined && !covers(found.roles, rule)) return lower(rule)
    return byMembership(user, project, found.roles)
  }
  if (!isAdmin) return deny('no-grant')
  let from: string | undefined
  for (let place = start; place < user.types.length && from === undefined; place++)
    from = user.types[place]?.since
  const isOlder =
    from === undefined ? since.slice(0, since.indexOf('#')) > project.createdAt : from > project.createdAt
  if (isOlder || (found?.revoked && found.stamp > since)) return deny('no-grant')
  return byMembership(user, project, full)
}

const full: readonly string[] = ['full']
const lower = ({ needed }: Rule): Decision => ({ allowed: false, reason: { code: 'role-too-low', needed } })
const byMembership = (user: User, project: Project, roles: readonly string[]): Decision => ({
  allowed: true,
  reason: { code: 'membership', grant: `projects/${project.id}/members/${user.id}`, roles },
})

function covers(held: readonly string[], { enough }: Rule): boolean {
  for (const role of held) if (enough.includes(role)) return true
  return false
}

type Rule = {
  group: 'admin' | 'billing' | 'project.read' | 'cdn' | 'server' | 'service'
  /** 1 customer, 2 user, 4 project, 8 server. */
  kinds: number
  whenSuspended: boolean
  /** The smallest role or capability, and all roles that do. */
  needed: string
  enough: readonly string[]
}

const rules = new Map<string, Rule>()
const add = (names: string, group: Rule['group'], kinds: number, needed = '', enough: string[] = []) => {
  for (const name of names.split(' '))
    rules.set(name, {
      group,
      kinds,
      whenSuspended: group === 'billing',
      needed: needed || name.slice(7),
      enough,
    })
}
add('account.read account.update audit.read review.manage', 'admin', 1)
add('contact.read contact.update billing.read billing.update', 'billing', 1)
add('user.read user.manage', 'admin', 3)
add('project.manage', 'admin', 5)
add('project.read', 'project.read', 5)
add('server.assign', 'admin', 9)
add('server.read', 'server', 9, 'view')
add('cdn.manage', 'cdn', 1)
for (const name of 'view power console rescue reinstall snapshot backup network rdns monitoring resize cancel'.split(
  ' ',
))
  add(`server.${name}`, 'server', 9, name)
for (const service of 'compute network volume image objectstore loadbalancer dns keymanager orchestration'.split(
  ' ',
)) {
  const [read, operate, manage] = [`${service}:read`, `${service}:operate`, `${service}:manage`]
  add(`${service}.read`, 'service', 4, read, [read, operate, manage, 'full'])
  add(`${service}.operate`, 'service', 4, operate, [operate, manage, 'full'])
  add(`${service}.manage`, 'service', 4, manage, [manage, 'full'])
}
