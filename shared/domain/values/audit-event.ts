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
  /** Part of reviews: a customer's policy, a review, or one of its items as `<review>/<item>`. */
  | 'policy'
  | 'review'
  /** Outside the directory: the drift of a project or user in OpenStack, and its repair. */
  | 'openstack'

/** The effect of a Change on one resource. Absent `before`: it is new; absent `after`: it is gone. */
export type ResourceChange = {
  resource: { type: AuditedType; id: string }
  /** The event with the greater version is the later one about a resource: ids of the same millisecond don't tell. */
  version?: number | undefined
  before?: Record<string, unknown> | undefined
  after?: Record<string, unknown> | undefined
  /** More of `before`, for access at an earlier time; isn't shown. */
  origin?: Record<string, unknown> | undefined
}

/** Every type of audit event there is. */
export type AuditEventType =
  | `customer.${'created' | 'updated' | 'suspended' | 'resumed' | 'closed'}`
  | `ownership.${'offered' | 'withdrawn' | 'transferred'}`
  | `user.${'created' | 'updated' | 'type-changed' | 'disabled' | 'enabled' | 'invited' | 'deleted'}`
  | `login.${'linked' | 'unlinked'}`
  | `project.${'created' | 'updated' | 'deletion-started' | 'deleted'}`
  | `membership.${'granted' | 'revoked'}`
  | `server.${'created' | 'updated' | 'assigned' | 'unassigned' | 'deleted'}`
  | 'grants.removed'
  | 'review-policy.set'
  | `review.${'started' | 'opened' | 'items-changed' | 'decided' | 'reminded' | 'reminders-missed'}`
  | `review.${'paused' | 'resumed' | 'applying' | 'settled' | 'applied' | 'verified' | 'closed' | 'cancelled'}`
  | `openstack.${'drifted' | 'repaired'}`

/** An entry of the audit trail; one per Change, in the same transaction. */
export type AuditEvent = {
  id: string
  customerId: string
  /** The time of planning, with which the id begins. */
  at: Instant
  /**
   * The time at which its transaction was sent, set by the commit: retries and planning lie between. Absent in older
   * events; isn't shown.
   */
  committedAt?: Instant | undefined
  actor: Actor
  type: AuditEventType
  reason?: string | undefined
  requestId?: string | undefined
  changes: readonly ResourceChange[]
}
