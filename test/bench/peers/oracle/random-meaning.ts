import type { Random } from '../../../support/random.ts'
import type { Meaning, Terms } from '../meaning.ts'

export const types = [
  'main-customer',
  'customer-admin',
  'customer-billing',
  'customer-tech',
  'customer-client',
]
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
const capabilities = [
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
const onServer = ['server.read', 'server.assign', ...capabilities.map((name) => `server.${name}`)]
const onProject = [
  'project.read',
  'project.manage',
  ...services.flatMap((service) => levels.map((level) => `${service}.${level}`)),
]
const onCustomer = [
  'account.read',
  'account.update',
  'contact.read',
  'contact.update',
  'billing.read',
  'billing.update',
  'user.read',
  'user.manage',
  'project.read',
  'project.manage',
  'cdn.manage',
  'audit.read',
  'review.manage',
  ...onServer,
]
const onUser = ['user.read', 'user.manage']
const actionsOn: Record<string, readonly string[]> = {
  customer: onCustomer,
  user: onUser,
  project: onProject,
  server: onServer,
}
const all = [...new Set([...onCustomer, ...onProject])]
const unknown = ['server.fly', 'compute.own', 'constructor', 'compute', 'zone.read', '']
const roles = services.flatMap((service) => levels.map((level) => `${service}:${level}`))

const statuses = [...Array<'active'>(18).fill('active'), 'disabled', 'none'] as const

/** A moment of `now`; everything that is stored lies long before. */
const present = 50_000

/** A random question whose answer is known to be in the rights table, whatever is stored to mean it. */
export function randomMeaning(random: Random): Meaning {
  const type = random.pick(types)
  const status = random.pick(statuses)
  const user = { id: `usr_${random.below(3)}`, type: status === 'none' ? 'none' : type, status }
  const kind = random.pick(['customer', 'user', 'project', 'project', 'project', 'server', 'server', 'zone'])
  const isMain = kind === 'project' && random.chance(0.25)
  const main = status === 'none' ? undefined : inMain(random, type)
  const isSelf = kind === 'user' && random.chance(0.3)
  const exists = isMain || (isSelf && status !== 'none') || (kind !== 'zone' && random.chance(0.95))
  const held = status === 'none' || !exists ? undefined : isMain ? main : heldOf(random, type, kind)
  return {
    action: random.chance(0.03)
      ? random.pick(unknown)
      : random.pick(random.chance(0.1) ? all : (actionsOn[kind] ?? all)),
    now: present,
    customer: random.chance(0.9)
      ? 'active'
      : random.pick(['suspended', 'suspended', 'closed', 'none'] as const),
    user,
    main,
    resource: {
      kind,
      id: isSelf ? user.id : isMain ? 'main' : `res_${random.below(9)}`,
      exists,
      isMain,
      isMainCustomer: kind === 'user' && (isSelf ? user.type === 'main-customer' : random.chance(0.3)),
      held,
    },
  }
}

function inMain(random: Random, type: string): Terms | undefined {
  if (type === 'main-customer') return { names: [], until: undefined }
  const isMember = random.chance(type === 'customer-admin' || type === 'customer-billing' ? 0.85 : 0.7)
  if (!isMember) return undefined
  const hasCdn = type !== 'customer-billing' && random.chance(0.4)
  return { names: hasCdn ? ['cdn'] : [], until: end(random) }
}

function heldOf(random: Random, type: string, kind: string): Terms | undefined {
  if (type === 'customer-billing' || (kind !== 'project' && kind !== 'server')) return undefined
  if (kind === 'server') {
    if (type === 'main-customer' || random.chance(0.25)) return undefined
    return { names: ['view', ...someOf(random, capabilities.slice(1), 5)], until: end(random) }
  }
  if (type === 'main-customer') return { names: ['full'], until: undefined }
  if (type === 'customer-admin' && random.chance(0.4)) return { names: ['full'], until: undefined }
  if (random.chance(0.25)) return undefined
  if (random.chance(0.2)) return { names: ['full'], until: end(random) }
  return { names: [...new Set([random.pick(roles), ...someOf(random, roles, 14)])], until: end(random) }
}

const someOf = (random: Random, list: readonly string[], most: number): string[] =>
  random.shuffled(list).slice(0, random.below(most + 1))

/** Often none; otherwise about now, to the tick. */
function end(random: Random): number | undefined {
  if (random.chance(0.6)) return undefined
  return present + random.pick([-20_000, -1, 0, 1, 1, 20_000])
}
