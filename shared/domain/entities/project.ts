import * as v from 'valibot'
import { caseFold } from '../text/case-fold.ts'
import { line } from '../text/text.ts'
import { DomainError } from '../values/errors.ts'
import type { Instant, Stamp } from '../values/instant.ts'

/** A Keystone project name has 64 characters at most; ours there is `<customerId>_<name>`. */
export const maxProjectName = (customerId: string) => 63 - customerId.length

/** In Keystone a deleted project is called by its id, which nothing else may be called by then; case doesn't count there. */
const looksLikeId = (name: string) => /^prj_[0-9a-z]{26}$/i.test(name)

const projectLine = (max: number) =>
  v.pipe(
    line(max),
    v.check((name) => !looksLikeId(name), 'must not look like a project id'),
  )

export const projectNameOf = (customerId: string) => projectLine(maxProjectName(customerId))
/** What a project of this customer is created with. */
export const NamedProject = (customerId: string) => v.object({ name: projectNameOf(customerId) })
/** Any customer's: the identifier's own length is checked where the customer is known. */
export const ProjectName = projectLine(62)

/** What is compared: names are unique within a customer by Unicode case folding. */
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
  /** `deleting`: nothing is granted or allowed any more, OpenStack hasn't confirmed yet. */
  status: 'active' | 'deleting'
  createdAt: Instant
  updatedAt: Instant
  /** True once people have named or described it: an older creation that becomes known changes neither. */
  changed?: true | undefined
  /** Set while it is going: the stamp of the deletion that OpenStack has yet to confirm. */
  deleting?: Stamp | undefined
  /** Set when deleted: what is left is a marker. */
  deleted?: Stamp | undefined
  /** The newest deletion that is older than the project: takes what is older still, not the project. */
  lastDeleted?: Stamp | undefined
  /** Set while memberships of the deleted project are left. */
  cleanupSince?: Instant | undefined
}

/** True where rights can be had: a project that is going or gone gives none. */
export function isLive(project: Project): boolean {
  return project.status === 'active' && project.deleted === undefined
}

/** The stamp of its deletion, confirmed or not; `undefined`: nobody has deleted it. */
export function endOf({ deleting, deleted }: Project): Stamp | undefined {
  return deleted ?? deleting
}

/** For what people would change about it. */
export function refuseIfGoing({ deleting }: Project): void {
  if (deleting) throw new DomainError('conflict', 'the project is being deleted')
}
