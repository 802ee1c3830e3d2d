import type { Actor } from './actor.ts'
import type { Instant } from './instant.ts'

export type AuditedType =
  | 'customer'
  | 'transfer'
  | 'user'
  | 'login'
  | 'project'
  | 'membership'
  | 'server'
  | 'assignment'
  /** Of reviews: a customer's policy, a review, or an item of one as `<review>/<item>`. */
  | 'policy'
  | 'review'
  /** No part of the directory: what a project or user of it was found to be in OpenStack, and is again. */
  | 'openstack'

/** What a Change did to one resource. Absent `before`: it's new; absent `after`: it's gone. */
export type ResourceChange = {
  resource: { type: AuditedType; id: string }
  /** Of two events about a resource the one with the greater is the later: ids of the same millisecond don't tell. */
  version?: number | undefined
  before?: Record<string, unknown> | undefined
  after?: Record<string, unknown> | undefined
}

/** Who did what, when and why; one per Change, in the same transaction. */
export type AuditEvent = {
  id: string
  customerId: string
  at: Instant
  actor: Actor
  type: string
  reason?: string | undefined
  requestId?: string | undefined
  changes: readonly ResourceChange[]
}
