import type { RoleAssignment } from '../keystone/assignments.ts'
import type { NewProject, ProjectChange } from '../keystone/projects.ts'
import type { NewUser, UserChange } from '../keystone/users.ts'

/** One change of Keystone, one request. `id` is Keystone's. */
export type Step =
  | { do: 'unassign'; assignment: RoleAssignment }
  | { do: 'change-project'; id: string; change: ProjectChange; why: Why; of?: ProjectOwner }
  | { do: 'change-user'; id: string; change: UserChange; why: Why; of?: UserOwner }
  | { do: 'delete-project'; id: string }
  | { do: 'create-role'; name: string }
  | { do: 'create-project'; project: NewProject }
  | { do: 'create-user'; user: NewUser }
  | Assign

/** In the plan's project. `userId` is ours; Keystone's ids are undefined if an earlier step creates the user or role. */
export type Assign = {
  do: 'assign'
  userId: string
  id: string | undefined
  role: string
  roleId: string | undefined
}

/** The owner in the directory of a project or user that this step takes the name from. */
type ProjectOwner = { customerId: string; projectId: string }
type UserOwner = { customerId: string; userId: string }

/** `make-room` frees a name for another project or user of ours; the owner (`of`) is requeued and gets its own name. */
type Why = 'disable' | 'make-room' | 'rename' | 'federate' | 'describe' | 'enable'

/** Revocations first, then names, then missing entities, then grants. */
const order = [
  'disable',
  'unassign',
  'delete-project',
  'make-room',
  'rename',
  'federate',
  'describe',
  'create-role',
  'create-project',
  'create-user',
  'assign',
  'enable',
]

export function inOrder(steps: readonly Step[]): Step[] {
  return steps.toSorted((a, b) => rank(a) - rank(b))
}

export function isRevocation(step: Step): boolean {
  return rank(step) <= order.indexOf('delete-project')
}

function rank(step: Step): number {
  return order.indexOf('why' in step ? step.why : step.do)
}
