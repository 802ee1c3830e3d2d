import * as v from 'valibot'
import { listOf } from '../values/list.ts'

export const services = [
  'compute',
  'network',
  'volume',
  'image',
  'objectstore',
  'loadbalancer',
  'dns',
  'keymanager',
  'orchestration',
] as const
export type Service = (typeof services)[number]

/** Each level includes the ones before it. */
export const levels = ['read', 'operate', 'manage'] as const
export type Level = (typeof levels)[number]
export const highestLevel: Level = levels.at(-1) ?? levels[0]

type ServiceRole = `${Service}:${Level}`
/** A role in an OpenStack project; `full` is every service at manage. */
export type Role = ServiceRole | 'full'
/** Roles in the Main project. */
export const mainRoles = ['cdn'] as const

export const roles: readonly Role[] = [
  ...services.flatMap((service) => levels.map((level): Role => `${service}:${level}`)),
  'full',
]

/** There are no more roles than these. */
export const mostRoles = roles.length + mainRoles.length

const known = new Set<string>(roles)
export const isRole = (role: unknown): role is Role => typeof role === 'string' && known.has(role)
const distinct = (list: readonly string[]) => new Set(list).size === list.length
const repeated = 'must not name the same twice'

const ProjectRoles = v.pipe(
  listOf(v.custom<Role>(isRole, 'must be `<service>:<level>` or `full`'), mostRoles),
  v.minLength(1, 'must name at least one role'),
  v.check((list) => distinct(list), repeated),
)
const MainRoles = v.pipe(
  listOf(v.picklist(mainRoles, 'the Main project knows no role but `cdn`'), mostRoles),
  v.check((list) => distinct(list), repeated),
)

/** The roles of a membership: of the Main project, or of an OpenStack one. */
export const MainGrant = v.object({ roles: MainRoles })
export const ProjectGrant = v.object({ roles: ProjectRoles })

/** The roles that reach this level of the service, the smallest first. */
export const rolesReaching = (service: Service, level: Level): readonly string[] => [
  ...levels.slice(levels.indexOf(level)).map((each) => `${service}:${each}`),
  'full',
]

/** True if one of the wanted roles is held. */
export function holdsOneOf(held: readonly string[], wanted: readonly string[]): boolean {
  for (const role of held) if (wanted.includes(role)) return true
  return false
}

/** True if the union of the roles reaches this level of the service; an unknown role reaches none. */
export const rolesCover = (held: readonly string[], service: Service, level: Level): boolean =>
  holdsOneOf(held, rolesReaching(service, level))
