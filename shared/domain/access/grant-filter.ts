import type { Capability } from '../entities/capability.ts'
import { isRole, levels, rolesCover, services } from '../entities/role.ts'
import type { Instant } from '../values/instant.ts'
import type { Assignment, Membership } from './membership.ts'

/** The conditions that a listed grant has to meet. */
export type GrantFilter = {
  /** Covered by its roles: `compute:read` finds `compute:manage` and `full` too. */
  role?: string | undefined
  capability?: Capability | undefined
  /** Ends before that time, or has ended. */
  expiresBefore?: Instant | undefined
}

type Terms = Pick<Membership, 'expiresAt'> &
  Partial<Pick<Membership, 'roles'> & Pick<Assignment, 'capabilities'>>

export function fitsFilter({ roles, capabilities, expiresAt }: Terms, filter: GrantFilter): boolean {
  const { role, capability, expiresBefore } = filter
  if (role !== undefined && !(roles && coversRole(roles, role))) return false
  if (capability !== undefined && !capabilities?.includes(capability)) return false
  return expiresBefore === undefined || (expiresAt !== undefined && expiresAt < expiresBefore)
}

function coversRole(held: readonly string[], role: string): boolean {
  const service = services.find((name) => role.startsWith(`${name}:`))
  const level = levels.find((name) => role.endsWith(`:${name}`))
  return service && level && isRole(role) ? rolesCover(held, service, level) : held.includes(role)
}
