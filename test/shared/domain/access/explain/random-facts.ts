import type { Facts, ResourceRef } from '../../../../../shared/domain/access/decide.ts'
import { mainProjectOf } from '../../../../../shared/domain/access/main-project.ts'
import { actionsOn, resourceTypes, rights } from '../../../../../shared/domain/access/permissions.ts'
import { capabilities } from '../../../../../shared/domain/entities/capability.ts'
import type { Customer } from '../../../../../shared/domain/entities/customer.ts'
import type { GrantedResource, StoredGrant } from '../../../../../shared/domain/entities/grant.ts'
import { roles } from '../../../../../shared/domain/entities/role.ts'
import { userTypes } from '../../../../../shared/domain/entities/user-type.ts'
import type { User } from '../../../../../shared/domain/entities/user.ts'
import { instantOf, type Instant, minInstant, stampOf } from '../../../../../shared/domain/values/instant.ts'
import type { Random } from '../../../../support/random.ts'

export const now = instantOf(new Date('2026-11-23T12:00:00Z'))
const customerId = 'RND000001'

/** Days before the present one, so that of any two things either may be older. */
const past = (random: Random): Instant =>
  instantOf(new Date(Date.parse('2026-11-01T00:00:00Z') - random.below(60) * 86_400_000))
const stamp = (random: Random) => stampOf(past(random), String(random.below(1e9)))
const rarely = <T>(random: Random, chance: number, make: () => T): T | undefined =>
  random.chance(chance) ? make() : undefined

export type RandomQuestion = { facts: Facts; action: string; ref: ResourceRef }

/** A question about anybody, with everything that a decision depends on chosen at random. */
export function randomQuestion(random: Random): RandomQuestion {
  const owner = randomUser(random, 'usr_owner', true)
  const user = random.chance(0.05) ? owner : randomUser(random, 'usr_subject', false)
  const customer: Customer = {
    id: customerId,
    organisation: 'Random',
    status: random.chance(0.06) ? random.pick(['suspended', 'closed'] as const) : 'active',
    mainCustomerId: owner.id,
    createdAt: minInstant,
    updatedAt: minInstant,
  } as Customer
  const type = random.pick(resourceTypes)
  const { resource, id } = randomResource(random, type, user, owner)
  const ref = { type, id }
  const on: GrantedResource[] = [{ kind: 'project', id: 'main' }]
  if (type === 'server' || (type === 'project' && id !== 'main')) on.push({ kind: type, id })
  const held = on.filter(() => random.chance(0.6)).map((each) => randomGrant(random, user.id, each))
  const facts = {
    now,
    customer,
    user,
    grants: new Map(held.map((grant) => [`${grant.resource.kind}/${grant.resource.id}`, grant])),
    main: mainProjectOf(customer),
    resource,
  }
  const action = random.chance(0.02) ? random.pick([...rights.keys()]) : random.pick([...actionsOn[type]])
  return { facts, action, ref }
}

function randomUser(random: Random, id: string, owns: boolean): User {
  const others = userTypes.filter((type) => type !== 'main-customer')
  const entries = Array.from({ length: 1 + random.below(3) }, () => ({
    type: random.pick(others),
    at: stamp(random),
    since: rarely(random, 0.1, () => minInstant),
  }))
  const types = entries.toSorted((a, b) => (a.at < b.at ? -1 : 1))
  const at = stampOf(past(random), 'a')
  return {
    id,
    customerId,
    email: `${id}@x.example`,
    name: id,
    status: !owns && random.chance(0.05) ? 'disabled' : 'active',
    types: owns ? [...types, { type: 'main-customer', at: stampOf(now, 'o') }] : types,
    createdAt: minInstant,
    updatedAt: minInstant,
    stamps: { name: at, status: at, email: at },
    invitedAt: minInstant,
    lastDeleted: rarely(random, 0.1, () => stamp(random)),
  }
}

function randomResource(random: Random, type: (typeof resourceTypes)[number], user: User, owner: User) {
  const entity = { customerId, createdAt: past(random), updatedAt: now }
  const lastDeleted = rarely(random, 0.1, () => stamp(random))
  if (type === 'customer') return { id: customerId, resource: undefined }
  if (type === 'user') {
    const about = random.pick([user, owner, randomUser(random, 'usr_other', false)])
    return { id: about.id, resource: { type, user: about } }
  }
  if (type === 'server') {
    const server = {
      ...entity,
      id: 'vps-1',
      hostname: 'one',
      exists: !random.chance(0.05),
      stamp: '',
      lastDeleted,
    }
    return { id: server.id, resource: { type, server } }
  }
  const isMain = random.chance(0.2)
  const project = {
    ...entity,
    id: isMain ? 'main' : 'prj_1',
    kind: isMain ? ('main' as const) : ('openstack' as const),
    name: 'p',
    status: !isMain && random.chance(0.05) ? ('deleting' as const) : ('active' as const),
    lastDeleted: isMain ? undefined : lastDeleted,
  }
  return { id: project.id, resource: { type, project } }
}

function randomGrant(random: Random, userId: string, resource: GrantedResource): StoredGrant {
  const isMain = resource.id === 'main'
  const some = <T>(all: readonly T[], most: number) => all.filter(() => random.chance(most / all.length))
  const names = isMain ? some(['cdn'], 0.4) : random.chance(0.1) ? ['full'] : some(roles, 3)
  return {
    customerId,
    userId,
    resource,
    stamp: stamp(random),
    revoked: rarely(random, 0.15, () => true),
    roles: resource.kind === 'server' ? [] : names.length > 0 || isMain ? names : ['dns:read'],
    capabilities:
      resource.kind === 'server' ? capabilities.filter((each) => each === 'view' || random.chance(0.2)) : [],
    source: 'explicit',
    grantedBy: 'user:usr_owner',
    grantedAt: past(random),
    expiresAt: rarely(random, 0.3, () =>
      instantOf(new Date(random.chance(0.5) ? '2026-11-20T00:00:00Z' : '2027-01-01T00:00:00Z')),
    ),
    reason: rarely(random, 0.3, () => 'because'),
  }
}
