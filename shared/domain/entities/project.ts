import * as v from 'valibot'
import { caseFold } from '../text/case-fold.ts'
import { line } from '../text/text.ts'
import { DomainError } from '../values/errors.ts'
import type { Instant, Stamp } from '../values/instant.ts'

/** A Keystone project name has 64 characters at most; ours there is `<customerId>_<name>`. */
export const maxProjectName = (customerId: string) => 63 - customerId.length

/**
 * A deleted project is renamed to its id in Keystone, so that no other project may have such a name; case doesn't
 * count there.
 */
const looksLikeId = (name: string) => /^prj_[0-9a-z]{26}$/i.test(name)

const projectLine = (max: number) =>
  v.pipe(
    line(max),
    v.check((name) => !looksLikeId(name), 'must not look like a project id'),
  )

export const projectNameOf = (customerId: string) => projectLine(maxProjectName(customerId))
/** The fields that a project of this customer is created with. */
export const NamedProject = (customerId: string) => v.object({ name: projectNameOf(customerId) })
/** A name at any customer: the length of the identifier is checked once the customer is known. */
export const ProjectName = projectLine(62)

/** The key for comparison: names are unique within a customer by Unicode case folding. */
export const projectNameKey = (name: string): string => caseFold(name)

/** The Main project's name is the customer's identifier. */
export function isMainName(customerId: string, name: string): boolean {
  return projectNameKey(name) === projectNameKey(customerId)
}

export const mainProjectId = 'main'
export const mainDescription = 'Main Customer Interface Project'

export type Project = {
  id: string
  customerId: string
  kind: 'main' | 'openstack'
  name: string
  description?: string | undefined
  /** `deleting`: nothing is granted or allowed any more; OpenStack hasn't confirmed yet. */
  status: 'active' | 'deleting'
  createdAt: Instant
  updatedAt: Instant
  /** True once people have named or described it: an older creation that arrives late then changes neither. */
  changed?: true | undefined
  /** Set while it is being deleted: the stamp of the deletion that OpenStack has yet to confirm. */
  deleting?: Stamp | undefined
  /** Set when deleted: the item is a tombstone. */
  deleted?: Stamp | undefined
  /** The newest deletion of the name from before the project: it ends older grants, not the project. */
  lastDeleted?: Stamp | undefined
  /** Set while memberships of the deleted project remain to be removed. */
  cleanupSince?: Instant | undefined
}

/** True for a project that gives rights: not deleted and not being deleted. */
export function isLive(project: Project): boolean {
  return project.status === 'active' && project.deleted === undefined
}

/** The stamp of its deletion, confirmed or not; `undefined` if it wasn't deleted. */
export function endOf({ deleting, deleted }: Project): Stamp | undefined {
  return deleted ?? deleting
}

/** Throws `conflict` for changes by people while the project is being deleted. */
export function refuseIfGoing({ deleting }: Project): void {
  if (deleting) throw new DomainError('conflict', 'the project is being deleted')
}
