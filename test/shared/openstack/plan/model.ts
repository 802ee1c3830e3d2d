import type { RoleAssignment } from '../../../../shared/openstack/keystone/assignments.ts'
import type { KeystoneProject } from '../../../../shared/openstack/keystone/projects.ts'
import type { KeystoneRole } from '../../../../shared/openstack/keystone/roles.ts'
import type {
  FederatedIdentity,
  KeystoneUser,
  UserChange,
} from '../../../../shared/openstack/keystone/users.ts'
import type { KeystoneLists } from '../../../../shared/openstack/plan/snapshot.ts'
import type { Step } from '../../../../shared/openstack/plan/step.ts'

/** A Keystone's state, with a fact that no list has: unique ids by Keystone's id of their holder. */
export type State = KeystoneLists & { identities: ReadonlyMap<string, string> }

/** The effects of steps on Keystone's state, with its checks of unique names and of ids, without HTTP. */
export class Model implements State {
  projects: KeystoneProject[]
  users: KeystoneUser[]
  roles: KeystoneRole[]
  assignments: RoleAssignment[]
  identities: Map<string, string>
  #count = 0

  constructor({ projects, users, roles, assignments, identities }: State) {
    this.identities = new Map(identities)
    this.projects = structuredClone([...projects])
    this.users = structuredClone([...users])
    this.roles = structuredClone([...roles])
    this.assignments = structuredClone([...assignments])
  }

  /** The current lists, and the holders of these unique ids. */
  found(asked: readonly string[] = []): KeystoneLists {
    const { projects, users, roles, assignments } = this
    const lists = structuredClone({ projects, users, roles, assignments })
    const holders = new Map(asked.map((uniqueId) => [uniqueId, this.#holderOf(uniqueId)]))
    return { ...lists, federated: lists.users.filter(({ id }) => this.identities.has(id)), holders }
  }

  apply(step: Step, projectId: string | undefined): void {
    switch (step.do) {
      case 'unassign':
        this.assignments = this.assignments.filter((one) => keyOf(one) !== keyOf(step.assignment))
        return
      case 'change-project':
        return change(this.projects, step.id, step.change)
      case 'change-user':
        return this.#changeUser(step.id, step.change)
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
        const { federated, ...user } = step.user
        const id = this.#newId('u')
        add(this.users, { id, ...user })
        return this.#identify(id, federated)
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

  #changeUser(id: string, { federated, ...changes }: UserChange): void {
    if (changes.name !== undefined && !federated && this.identities.has(id))
      throw new Error(`the name of ${id} is kept`)
    change(this.users, id, changes)
    this.#identify(id, federated)
  }

  /** An identity of another user stays there, and this user gets their own id. */
  #identify(id: string, federated: FederatedIdentity | undefined): void {
    if (!federated) return
    const federatedId = [undefined, id].includes(this.#holderOf(federated.uniqueId)) ? federated.uniqueId : id
    this.identities.set(id, federatedId)
    Object.assign(find(this.users, id), { federatedId })
  }

  #holderOf(uniqueId: string): string | undefined {
    return [...this.identities].find(([, has]) => has === uniqueId)?.[0]
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
  Object.assign(item, changes)
}
