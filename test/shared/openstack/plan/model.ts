import type { RoleAssignment } from '../../../../shared/openstack/assignments.ts'
import type { Found } from '../../../../shared/openstack/plan/snapshot.ts'
import type { Step } from '../../../../shared/openstack/plan/step.ts'
import type { KeystoneProject } from '../../../../shared/openstack/projects.ts'
import type { KeystoneRole } from '../../../../shared/openstack/roles.ts'
import type { KeystoneUser } from '../../../../shared/openstack/users.ts'

/** What steps do to Keystone's state: unique names and ids that have to be there, and nothing of HTTP. */
export class Model {
  projects: KeystoneProject[]
  users: KeystoneUser[]
  roles: KeystoneRole[]
  assignments: RoleAssignment[]
  #count = 0

  constructor({ projects, users, roles, assignments }: Found) {
    this.projects = structuredClone([...projects])
    this.users = structuredClone([...users])
    this.roles = structuredClone([...roles])
    this.assignments = structuredClone([...assignments])
  }

  apply(step: Step, projectId: string | undefined): void {
    switch (step.do) {
      case 'unassign':
        this.assignments = this.assignments.filter((one) => keyOf(one) !== keyOf(step.assignment))
        return
      case 'change-project':
        return change(this.projects, step.id, step.change)
      case 'change-user':
        return change(this.users, step.id, step.change)
      case 'delete-project':
        this.projects = this.projects.filter(({ id }) => id !== step.id)
        this.assignments = this.assignments.filter((one) => one.projectId !== step.id)
        return
      case 'create-role':
        return add(this.roles, { id: this.#newId('r'), name: step.name })
      case 'create-project': {
        const { identity: _, tags, ...project } = step.project
        return add(this.projects, { id: this.#newId('p'), ...project, tags: [...tags] })
      }
      case 'create-user': {
        const { federated: _, ...user } = step.user
        return add(this.users, { id: this.#newId('u'), ...user })
      }
      case 'assign': {
        const project = find(this.projects, projectId ?? this.projects.at(-1)?.id)
        const user = find(
          this.users,
          step.id ?? this.users.find((one) => one.latchkeyUserId === step.userId)?.id,
        )
        const role = find(this.roles, step.roleId ?? this.roles.find(({ name }) => name === step.role)?.id)
        const principal = { kind: 'user' as const, id: user.id, name: user.name }
        this.assignments.push({ projectId: project.id, role, principal, inherited: false })
      }
    }
  }

  #newId(kind: string): string {
    return `new-${kind}${++this.#count}`
  }
}

export function keyOf({ projectId, principal, role, inherited }: RoleAssignment): string {
  return `${projectId} ${principal.kind} ${principal.id} ${role.id} ${inherited}`
}

function find<T extends { id: string }>(items: T[], id: string | undefined): T {
  const item = items.find((one) => one.id === id)
  if (!item) throw new Error(`there is no ${id}`)
  return item
}

function add<T extends { id: string; name: string }>(items: T[], item: T): void {
  if (items.some(({ name }) => name === item.name)) throw new Error(`the name ${item.name} is taken`)
  items.push(item)
}

function change(items: { id: string; name: string }[], id: string, changes: object): void {
  const item = find(items, id)
  const name = 'name' in changes ? changes.name : undefined
  if (items.some((one) => one.id !== id && one.name === name))
    throw new Error(`the name ${String(name)} is taken`)
  const { federated: _, ...kept } = changes as { federated?: unknown }
  Object.assign(item, kept)
}
