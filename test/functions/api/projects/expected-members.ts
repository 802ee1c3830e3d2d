import type { Committed } from '../../../support/commits.ts'

/** What a change of type says about memberships. */
export type AskedOfType = { joinExisting?: boolean | undefined; keep?: readonly string[] | undefined }

/**
 * Who is in which project, as the domain's page tells it and the order of the commits decides it. Follows the commits
 * one after the other; knows no times.
 */
export class ExpectedMembers {
  readonly #members = new Map<string, Set<string>>()
  readonly #kept = new Set<string>()
  readonly #admins = new Set<string>()
  #owner: string

  constructor(owner: string, admins: readonly string[], projects: Record<string, readonly string[]>) {
    this.#owner = owner
    for (const admin of admins) this.#admins.add(admin)
    for (const [id, members] of Object.entries(projects)) this.#members.set(id, new Set(members))
  }

  get projects(): string[] {
    return [...this.#members.keys()]
  }

  get admins(): string[] {
    return [...this.#admins].sort()
  }

  get owner(): string {
    return this.#owner
  }

  of(projectId: string): string[] {
    return [...(this.#members.get(projectId) ?? [])].sort()
  }

  /** `asked`: what the request of the commit said about memberships. */
  follow({ users, newProjects }: Committed, asked: AskedOfType | undefined): void {
    for (const { id } of newProjects) this.#members.set(id, new Set([this.#owner, ...this.#admins]))
    for (const { id, deleted, types } of users) {
      const type = types.at(-1)?.type
      if (deleted) this.#isGone(id)
      else if (type === 'main-customer') this.#becomesOwner(id)
      else if (type === 'customer-admin') this.#becomesAdmin(id, asked)
      else if (this.#admins.has(id)) this.#leaves(id, asked?.keep ?? [])
    }
  }

  #becomesOwner(id: string): void {
    this.#owner = id
    this.#admins.delete(id)
    for (const members of this.#members.values()) members.add(id)
  }

  #becomesAdmin(id: string, asked: AskedOfType | undefined): void {
    this.#admins.add(id)
    if (asked?.joinExisting) for (const members of this.#members.values()) members.add(id)
  }

  #isGone(id: string): void {
    this.#admins.delete(id)
    for (const members of this.#members.values()) members.delete(id)
  }

  /** What was kept once is the user's own from then on. */
  #leaves(id: string, keep: readonly string[]): void {
    this.#admins.delete(id)
    for (const [projectId, members] of this.#members) {
      if (keep.includes(projectId)) this.#kept.add(`${projectId} ${id}`)
      if (!this.#kept.has(`${projectId} ${id}`)) members.delete(id)
    }
  }
}
