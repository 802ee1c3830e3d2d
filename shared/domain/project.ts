import { DomainError } from './errors.ts'
import type { Instant, Stamp } from './instant.ts'

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
