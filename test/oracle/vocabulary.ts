import { domainToASCII } from 'node:url'

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

const onOpenstack = services.flatMap((service) => levels.map((level) => `${service}.${level}`))
const onServers = ['server.read', ...capabilities.map((capability) => `server.${capability}`)]
const onContactAndBilling = ['contact.read', 'contact.update', 'billing.read', 'billing.update']
const onInterface = [
  'account.read',
  'account.update',
  ...onContactAndBilling,
  'user.read',
  'user.manage',
  'project.read',
  'project.manage',
  ...onServers,
  'server.assign',
  'cdn.manage',
  'audit.read',
  'review.manage',
]

/** Every permission name of the rights table (`shared/domain/README.md`). */
export const actions: readonly string[] = [...onInterface, ...onOpenstack]

/** The actions that apply to each resource type. */
export const actionsOn: ReadonlyMap<string, readonly string[]> = new Map([
  ['customer', onInterface],
  ['user', ['user.read', 'user.manage']],
  ['project', ['project.read', 'project.manage', ...onOpenstack]],
  ['server', [...onServers, 'server.assign']],
])

const assigned = ['project.read', ...onServers, 'cdn.manage', ...onOpenstack]

/** The permissions that the rights table doesn't answer with `no`. */
export const ceilings = {
  'main-customer': actions,
  'customer-admin': actions,
  'customer-billing': onContactAndBilling,
  'customer-tech': assigned,
  'customer-client': assigned,
}

export type UserType = keyof typeof ceilings

export const isUserType = (name: string): name is UserType => Object.hasOwn(ceilings, name)
export const isOpenstack = (action: string) => onOpenstack.includes(action)
export const survivesSuspension = (action: string) => onContactAndBilling.includes(action)

/** @param needed a role such as `compute:operate` */
export function holdsRole(roles: readonly string[], needed: string): boolean {
  const [service, level = ''] = needed.split(':')
  const enough = levels.slice(levels.indexOf(level)).map((higher) => `${service}:${higher}`)
  return roles.some((role) => role === 'full' || enough.includes(role))
}

export function emailKey(email: string): string {
  const lower = email.toLowerCase()
  const at = lower.lastIndexOf('@') + 1
  const domain = lower.slice(at)
  return lower.slice(0, at) + (/^[ -~]*$/.test(domain) ? domain : domainToASCII(domain))
}

export const projectName = (name: string) => name.trim().normalize('NFC')
export const projectKey = (name: string) => projectName(name).toLowerCase()

const secondsFromYear0To1970 = 62_167_219_200

/**
 * Returns an RFC 3339 time as text that sorts like its instant. Any number of fraction digits counts, which a `Date`
 * would cut at milliseconds.
 */
export function instantOf(time: string): string {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(time.toUpperCase())
  if (!parts) throw new TypeError(`not an RFC 3339 time: ${time}`)
  const [, second = '', fraction = '', offset = ''] = parts
  const seconds = Date.parse(second + offset) / 1000 + secondsFromYear0To1970
  return `${String(seconds).padStart(12, '0')}.${fraction.replace(/0+$/, '')}`
}
