import type { Role } from '../../domain/entities/role.ts'

/** What the directory says of an OpenStack project. */
export type DesiredProject = {
  customerId: string
  /** A description that is undefined here may be anything there. */
  project: { id: string; name: string; description?: string | undefined; status: 'active' | 'deleting' }
  /** The customer is suspended or closed: everybody stays, and nobody can do anything. */
  suspended: boolean
  /** Stored and derived, unexpired, disabled ones too. */
  members: readonly DesiredMember[]
}

export type DesiredMember = { userId: string; email: string; active: boolean; roles: readonly Role[] }

/** What the directory says of a user: `gone` once deleted. */
export type DesiredUser = {
  customerId: string
  userId: string
  email: string
  status: 'active' | 'disabled' | 'gone'
}
