import { loadPeer } from './install.ts'
import type { Meaning, Peer, Terms } from './meaning.ts'

type Resource = Meaning['resource']
type Ability = { can(action: string, resource: unknown): boolean }
type Rule = (actions: string[], kind: string, conditions?: Record<string, unknown>) => unknown
type Casl = {
  AbilityBuilder: new (create: unknown) => { can: Rule; cannot: Rule; build: () => Ability }
  createMongoAbility: unknown
  subject(kind: string, resource: Resource): unknown
}

const services = [
  'compute',
  'network',
  'volume',
  'image',
  'objectstore',
  'loadbalancer',
  'dns',
  'keymanager',
  'orchestration',
]
const levels = ['read', 'operate', 'manage']
const onServer = [
  'view',
  'power',
  'console',
  'rescue',
  'reinstall',
  'snapshot',
  'backup',
  'network',
  'rdns',
  'monitoring',
  'resize',
  'cancel',
]
const inOpenStack = services.flatMap((service) => levels.map((level) => `${service}.${level}`))
const ofBilling = ['contact.read', 'contact.update', 'billing.read', 'billing.update']
const capabilities = ['server.read', ...onServer.map((name) => `server.${name}`)]
const inInterface: Record<string, string[]> = {
  customer: [
    'account.read',
    'account.update',
    'user.read',
    'user.manage',
    'project.read',
    'project.manage',
    'server.assign',
    'cdn.manage',
    'audit.read',
    'review.manage',
    ...ofBilling,
    ...capabilities,
  ],
  user: ['user.read', 'user.manage'],
  project: ['project.read', 'project.manage'],
  server: ['server.assign', ...capabilities],
}
const exists = { exists: true }

/** CASL as its manual shows it: an ability made of the user for a request. */
export function openCasl(): { perRequest: Peer; cached: (meanings: readonly Meaning[]) => Peer } {
  const casl = loadPeer('@casl/ability') as Casl
  const isAllowed = (ability: Ability, { action, resource }: Meaning) =>
    ability.can(action, casl.subject(resource.kind, { ...resource }))
  return {
    perRequest: {
      name: 'CASL, ability built per request',
      isAllowed: (meaning) => isAllowed(abilityOf(casl, meaning), meaning),
    },
    cached: (meanings) => {
      const abilities = new Map(meanings.map((meaning) => [meaning, abilityOf(casl, meaning)]))
      return {
        name: 'CASL, ability kept',
        isAllowed: (meaning) => {
          const ability = abilities.get(meaning)
          return ability !== undefined && isAllowed(ability, meaning)
        },
      }
    },
  }
}

function abilityOf({ AbilityBuilder, createMongoAbility }: Casl, meaning: Meaning): Ability {
  const builder = new AbilityBuilder(createMongoAbility)
  const { can, cannot } = builder
  const { customer, now, user, resource } = meaning
  const main = heldNow(meaning.main, now)
  const held = heldNow(resource.held, now)
  if (user.status !== 'active' || customer === 'closed' || customer === 'none') return builder.build()
  if (customer === 'suspended') {
    const isEnough = user.type === 'main-customer' || (main && /admin|billing/.test(user.type))
    if (isEnough) can(ofBilling, 'customer', exists)
    return builder.build()
  }
  can(['user.read'], 'user', { ...exists, id: user.id })
  if (user.type === 'main-customer' || (user.type === 'customer-admin' && main)) {
    for (const [kind, actions] of Object.entries(inInterface)) can(actions, kind, exists)
  }
  if (user.type === 'main-customer') can(inOpenStack, 'project', exists)
  else if (user.type === 'customer-billing') {
    if (main) can(ofBilling, 'customer', exists)
  } else if (held && resource.kind === 'project') {
    can(['project.read', ...reachedBy(held)], 'project', { ...exists, id: resource.id })
  }
  if (main && (user.type === 'customer-tech' || user.type === 'customer-client')) {
    if (main.includes('cdn')) can(['cdn.manage'], 'customer', exists)
    if (held && resource.kind === 'server') {
      const actions = held.flatMap((name) =>
        name === 'view' ? ['server.view', 'server.read'] : `server.${name}`,
      )
      if (actions.length > 0) can(actions, 'server', { ...exists, id: resource.id })
    }
  }
  cannot(['user.manage'], 'user', { isMainCustomer: true, id: { $ne: user.id } })
  cannot(['project.manage', ...inOpenStack], 'project', { isMain: true })
  return builder.build()
}

const heldNow = (terms: Terms | undefined, now: number) =>
  terms && (terms.until === undefined || terms.until > now) ? terms.names : undefined

const reachedBy = (roles: readonly string[]): string[] =>
  roles.flatMap((role) => {
    if (role === 'full') return inOpenStack
    const [service, level = ''] = role.split(':')
    return levels.slice(0, levels.indexOf(level) + 1).map((name) => `${service}.${name}`)
  })
