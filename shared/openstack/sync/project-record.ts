import type { Customer } from '../../domain/entities/customer.ts'
import type { Project } from '../../domain/entities/project.ts'
import type { Instant } from '../../domain/values/instant.ts'
import type { Lease } from '../../runtime/lease.ts'

/** `pending`: Keystone may not match the directory yet; `failed`: the same, and somebody has to mend something. */
export type OpenStackState = 'pending' | 'ready' | 'failed'

/** State of a project's convergence; no part of the directory. */
export type OpenStackRecord = {
  customerId: string
  projectId: string
  state: OpenStackState
  /** When the state was entered. */
  since: Instant
  /** Keystone's id of the project. */
  keystoneId?: string | undefined
  /** For readers of the project. */
  error?: string | undefined
  /** Id of the customer's other project that has this one's name in Keystone. */
  dependsOn?: string | undefined
  /** Runs in a row that ended without success. */
  failures?: number | undefined
  /** When the next run is due: after a change, a pause, or the expiry of a membership. */
  due?: Instant | undefined
  lease?: Lease | undefined
  /** When the project was marked pending last: an index may not have that change yet. */
  markedAt?: Instant | undefined
  /** True if it is disabled in Keystone, since its customer is suspended or closed. */
  suspended?: boolean | undefined
  /** Fingerprint of drift that was reported and not repaired: it is reported once. */
  drift?: string | undefined
}

/**
 * A sync request: the outbox entry of a changed user or customer. It is deleted once the fan-out has marked all affected
 * projects pending.
 */
export type SyncRequest = {
  /** When it was requested first. */
  at: Instant
  due: Instant
  failures?: number | undefined
  lease?: Lease | undefined
}

/** A project's state in OpenStack, as the API returns it. */
export type OpenStackView = {
  state: OpenStackState | 'off'
  keystoneId?: string | undefined
  error?: string | undefined
  since: Instant
}

/** Since when a change of the customer or a user waits for its fan-out; undefined: none does. */
export type FanOutPending = Instant | undefined

/** The input of `openstackView`. */
export type OpenStackKnown = { record: OpenStackRecord | undefined; fanOutPending: FanOutPending }

/** `ready` only while Keystone has every change of the project, its customer and the customer's users. */
export function openstackView(
  { createdAt, updatedAt }: Project,
  { status }: Pick<Customer, 'status'>,
  record: OpenStackRecord | undefined,
  fanOutPending: FanOutPending,
): OpenStackView {
  if (!record) return { state: 'pending', since: createdAt }
  const { keystoneId, error, since, state } = record
  if (state !== 'ready') return { state, keystoneId, error, since }
  const isBehind =
    fanOutPending !== undefined || record.suspended !== (status !== 'active') || since < updatedAt
  if (!isBehind) return { state, keystoneId, since }
  return { state: 'pending', keystoneId, since: fanOutPending ?? updatedAt }
}
