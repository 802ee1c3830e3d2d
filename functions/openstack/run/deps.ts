import type { Instant } from '../../../shared/domain/values/instant.ts'
import type { Keystone } from '../../../shared/openstack/keystone/client.ts'
import type { Mapping } from '../../../shared/openstack/plan/mapping.ts'
import type { ProjectRef } from '../../../shared/openstack/sync/store.ts'
import type { Log } from '../../../shared/runtime/log.ts'
import type { Table } from '../../../shared/table/table.ts'
import type { SharedLists } from './shared-lists.ts'

/** One run for one project. */
export type Run = {
  deps: OpenStackDeps
  ref: ProjectRef
  lists: SharedLists
  /** Id of the lease. */
  id: string
  /** Delicate texts that Keystone accepted in this run: if it lists others in their place, it hasn't stored them. */
  acceptedTexts?: Set<string> | undefined
  /** When the first of the memberships that were read ends. */
  expiresAt?: Instant | undefined
}

export type OpenStackDeps = {
  table: Table
  keystone: Keystone
  mapping: Mapping
  log: Log
  /** When the invocation has to end: no step begins after it. */
  until?: Instant | undefined
}

/** Milliseconds of a run's lease: long enough for many steps, short enough to wait for after a crash. */
export const leaseDuration = 120_000
/** Milliseconds before the end of the lease in which no step begins. A step that outlives it requeues the project. */
export const leaseMargin = 60_000

/** True when the invocation has no time for another step. */
export const isTimeUp = ({ until }: Pick<OpenStackDeps, 'until'>, now: Instant): boolean =>
  until !== undefined && until <= now
