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

/** In the plan's project. `userId` is ours; ids of Keystone's are missing where a step before has yet to make them. */
export type Assign = {
  do: 'assign'
  userId: string
  id: string | undefined
  role: string
  roleId: string | undefined
}

/** Whose it is in the directory: told where a step changes what another plan is about. */
export type ProjectOwner = { customerId: string; projectId: string }
export type UserOwner = { customerId: string; userId: string }

/** `make-room`: another of ours has to be called so. Its own plan, for which it says `of` whom, gives it its name. */
export type Why = 'disable' | 'make-room' | 'rename' | 'federate' | 'describe' | 'enable'

/** What takes rights away, then what makes room and names, then what is missing, then what gives rights. */
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

/** Whether it takes a right away. */
export function isRevocation(step: Step): boolean {
  return rank(step) <= order.indexOf('delete-project')
}

function rank(step: Step): number {
  return order.indexOf('why' in step ? step.why : step.do)
}
