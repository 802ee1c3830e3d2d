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
  id: string
  /** Delicate texts that Keystone took in this run: where it shows others for them, it hasn't kept them. */
  taken?: Set<string> | undefined
  /** When the first of the memberships that were seen ends. */
  expiresAt?: Instant | undefined
}

export type OpenStackDeps = {
  table: Table
  keystone: Keystone
  mapping: Mapping
  log: Log
  /** When the invocation has to be over: no step begins after it. */
  until?: Instant | undefined
}

/** Whether the invocation has no time for more. */
export const isOver = ({ until }: { until?: Instant | undefined }, now: Instant): boolean =>
  until !== undefined && until <= now
