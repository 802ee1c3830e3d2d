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

/** The service that a role is about (`undefined`: all of them) and its level as a place in `levels`. */
type Reach = { service: Service | undefined; level: number }

/** A table, as it is asked several times a decision; a role of Main reaches nothing in OpenStack. */
const reachOfRole: ReadonlyMap<string, Reach> = new Map([
  ['full', { service: undefined, level: levels.length }],
  ...services.flatMap((service) =>
    levels.map((name, level): [string, Reach] => [`${service}:${name}`, { service, level }]),
  ),
])

/** True if the union of the roles reaches this level of the service; an unknown role reaches none. */
export function rolesCover(held: readonly string[], service: Service, level: Level): boolean {
  const needed = levels.indexOf(level)
  for (const role of held) {
    const reach = reachOfRole.get(role)
    if (!reach || reach.level < needed) continue
    if (reach.service === undefined || reach.service === service) return true
  }
  return false
}
