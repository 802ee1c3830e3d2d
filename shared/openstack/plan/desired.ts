import type { Role } from '../../domain/entities/role.ts'

/** The desired state of an OpenStack project. */
export type DesiredProject = {
  customerId: string
  /** Without a description here, any is accepted in Keystone. */
  project: { id: string; name: string; description?: string | undefined; status: 'active' | 'deleting' }
  /** The customer is suspended or closed: the project is disabled, and its members stay. */
  suspended: boolean
  /** Unexpired memberships, stored or implicit, disabled users too. */
  members: readonly DesiredMember[]
}

export type DesiredMember = { userId: string; email: string; active: boolean; roles: readonly Role[] }

/** The desired state of a user: `gone` once deleted. */
export type DesiredUser = {
  customerId: string
  userId: string
  email: string
  status: 'active' | 'disabled' | 'gone'
}
