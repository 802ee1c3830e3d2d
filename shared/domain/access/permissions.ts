import { capabilities, type Capability } from '../entities/capability.ts'
import { type Level, levels, rolesReaching, type Service, services } from '../entities/role.ts'
import { type UserType, userTypes } from '../entities/user-type.ts'

/** `granted`: the type may have it, and needs an unexpired grant that covers it. */
type Right = 'yes' | 'no' | 'granted'
type Row = Record<UserType, Right>

const row = (...[owner, admin, billing, tech, client]: [Right, Right, Right, Right, Right]): Row => ({
  'main-customer': owner,
  'customer-admin': admin,
  'customer-billing': billing,
  'customer-tech': tech,
  'customer-client': client,
})

/*                            main-customer  customer-admin  customer-billing  customer-tech  customer-client */
const adminsOnly = /*      */ row('yes', /**/ 'yes', /*   */ 'no', /*      */ 'no', /*   */ 'no')
const billingToo = /*      */ row('yes', /**/ 'yes', /*   */ 'yes', /*     */ 'no', /*   */ 'no')
const byGrant = /*         */ row('yes', /**/ 'yes', /*   */ 'no', /*      */ 'granted', 'granted')
const byMembership = /*    */ row('granted', 'granted', /**/ 'no', /*      */ 'granted', 'granted')

/** A permission that doesn't depend on OpenStack: it needs membership of the Main project. */
const interfaceRights = {
  'account.read': adminsOnly,
  'account.update': adminsOnly,
  'contact.read': billingToo,
  'contact.update': billingToo,
  'billing.read': billingToo,
  'billing.update': billingToo,
  'user.read': adminsOnly,
  'user.manage': adminsOnly,
  'project.read': byGrant,
  'project.manage': adminsOnly,
  'server.read': byGrant,
  'server.assign': adminsOnly,
  'cdn.manage': byGrant,
  'audit.read': adminsOnly,
  'review.manage': adminsOnly,
} as const satisfies Record<string, Row>

export type InterfacePermission = keyof typeof interfaceRights
type ServerPermission = `server.${Capability}`
type ServicePermission = `${Service}.${Level}`
export type Permission = InterfacePermission | ServerPermission | ServicePermission

export const serverPermissions = capabilities.map((name): ServerPermission => `server.${name}`)
export const servicePermissions = services.flatMap((service) =>
  levels.map((level): ServicePermission => `${service}.${level}`),
)

/** The whole rights table: the ceiling of each type, as data. */
export const rights: ReadonlyMap<string, Row> = new Map<string, Row>([
  ...Object.entries(interfaceRights),
  ...serverPermissions.map((name): [string, Row] => [name, byGrant]),
  ...servicePermissions.map((name): [string, Row] => [name, byMembership]),
])

export const resourceTypes = ['customer', 'user', 'project', 'server'] as const
export type ResourceType = (typeof resourceTypes)[number]

const serverActions: readonly string[] = ['server.read', 'server.assign', ...serverPermissions]
/** The actions that apply to each type of resource. To the customer as a whole: all but OpenStack's. */
export const actionsOn: Record<ResourceType, ReadonlySet<string>> = {
  customer: new Set([...Object.keys(interfaceRights), ...serverPermissions]),
  user: new Set(['user.read', 'user.manage']),
  project: new Set(['project.read', 'project.manage', ...servicePermissions]),
  server: new Set(serverActions),
}

/** A permission of OpenStack: the level of a service, and the roles that reach it. */
export type ServiceLevel = {
  service: Service
  level: Level
  role: `${Service}:${Level}`
  reachedBy: readonly string[]
}

const inOpenStack = new Map<string, ServiceLevel>(
  services.flatMap((service) =>
    levels.map((level) => {
      const reachedBy = rolesReaching(service, level)
      return [`${service}.${level}`, { service, level, role: `${service}:${level}`, reachedBy }] as const
    }),
  ),
)

/** The service and level that an OpenStack permission names; `undefined` for an Interface permission. */
export function servicePermission(action: string): ServiceLevel | undefined {
  return inOpenStack.get(action)
}

const onServers = new Map<string, Capability>([
  ...capabilities.map((name): [string, Capability] => [`server.${name}`, name]),
  ['server.read', 'view'],
])

/** The capability that a server permission names (`server.read` needs `view`); `undefined` for any other. */
export function serverCapability(action: string): Capability | undefined {
  return onServers.get(action)
}

/** A permission with everything that `decide` asks about it. */
export type PermissionRule = {
  ceilings: ReadonlyMap<UserType, Right>
  /** The types of resource that it applies to. */
  appliesTo: readonly string[]
  service: ServiceLevel | undefined
  capability: Capability | undefined
  /** A suspended customer can still be reached, and can mend the cause. */
  staysWhenSuspended: boolean
}

const rules: ReadonlyMap<string, PermissionRule> = new Map(
  [...rights].map(([action, ceilings]) => [
    action,
    {
      ceilings: new Map(userTypes.map((type) => [type, ceilings[type]])),
      appliesTo: resourceTypes.filter((type) => actionsOn[type].has(action)),
      service: servicePermission(action),
      capability: serverCapability(action),
      staysWhenSuspended: action.startsWith('contact.') || action.startsWith('billing.'),
    },
  ]),
)

/** `undefined` for an unknown permission. */
export const ruleOf = (action: string): PermissionRule | undefined => rules.get(action)

const typeNames: ReadonlySet<string> = new Set(resourceTypes)
export const isResourceType = (type: string): type is ResourceType => typeNames.has(type)
