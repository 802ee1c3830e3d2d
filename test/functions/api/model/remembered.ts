import type { WholeCustomer } from '../../../../shared/directory/customers/export-lines.ts'
import { membershipOf } from '../../../../shared/domain/access/membership.ts'
import { typeOf } from '../../../../shared/domain/entities/user.ts'
import type { AuditEvent } from '../../../../shared/domain/values/audit-event.ts'

type Holder = WholeCustomer['holders'][number]

/** Invariant 3, which needs the past: who was admin when a project was made, and who became one afterwards. */
export class Remembered {
  /** Who must be in it, by project. */
  readonly #members = new Map<string, Set<string>>()
  #last: WholeCustomer | undefined

  /** What goes against it in the directory as it is after these events. `joins`: somebody asked to join what there is. */
  follow(whole: WholeCustomer, events: readonly AuditEvent[], joins: boolean): string[] {
    this.#forget(whole, events)
    const broken = [...this.#missing(whole), ...(joins ? [] : this.#added(whole, events))]
    this.#learn(whole)
    this.#last = whole
    return broken
  }

  /** Whoever is removed, demoted or deleted needn't be there any more. */
  #forget({ holders, projects }: WholeCustomer, events: readonly AuditEvent[]): void {
    const admins = new Set(holders.filter(isInAll).map(({ user }) => user.id))
    const removed = new Set(
      events
        .filter(({ type }) => type === 'membership.revoked')
        .flatMap(({ changes }) => changes.map(({ resource }) => resource.id)),
    )
    const there = new Set(projects.map(({ id }) => id))
    for (const [project, users] of this.#members) {
      if (!there.has(project)) this.#members.delete(project)
      for (const user of users) if (!admins.has(user) || removed.has(`${project}/${user}`)) users.delete(user)
    }
  }

  #learn({ holders, projects }: WholeCustomer): void {
    for (const { id, kind } of projects) {
      if (kind === 'main' || this.#members.has(id)) continue
      this.#members.set(id, new Set(holders.filter(isInAll).map(({ user }) => user.id)))
    }
  }

  #missing(whole: WholeCustomer): string[] {
    return [...this.#members].flatMap(([project, users]) =>
      [...users]
        .filter((user) => !isIn(whole, user, project))
        .map((user) => `${user} was admin when ${project} was made and is not in it`),
    )
  }

  /** A promotion adds nobody to older projects. */
  #added(whole: WholeCustomer, events: readonly AuditEvent[]): string[] {
    const last = this.#last
    if (!last || events.some(({ type }) => type === 'ownership.transferred')) return []
    const before = new Map(last.holders.map((holder) => [holder.user.id, holder]))
    const promoted = whole.holders.filter((holder) => {
      const expectedVersion = before.get(holder.user.id)
      return isInAll(holder) && expectedVersion !== undefined && !isInAll(expectedVersion)
    })
    return promoted.flatMap(({ user: { id } }) =>
      last.projects
        .filter(
          ({ kind, id: project }) => kind !== 'main' && !isIn(last, id, project) && isIn(whole, id, project),
        )
        .map(({ id: project }) => `${id} became an admin and was added to ${project}, which is older`),
    )
  }
}

const isInAll = ({ user }: Holder) => /^(main-customer|customer-admin)$/.test(typeOf(user))

function isIn({ holders, projects }: WholeCustomer, userId: string, projectId: string): boolean {
  const holder = holders.find(({ user }) => user.id === userId)
  const project = projects.find(({ id }) => id === projectId)
  if (!holder || !project) return false
  return membershipOf(holder.user, project, holder.grants.get(`project/${projectId}`)) !== undefined
}
