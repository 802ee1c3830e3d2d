import type { Customer } from '../../domain/entities/customer.ts'
import type { Project } from '../../domain/entities/project.ts'
import type { Instant } from '../../domain/values/instant.ts'

/** `pending`: Keystone isn't known to be as the directory says; `failed`: the same, and something has to be mended. */
export type OpenStackState = 'pending' | 'ready' | 'failed'

/** What is known of a project in OpenStack; no part of the directory. */
export type OpenStackRecord = {
  customerId: string
  projectId: string
  state: OpenStackState
  /** In this state. */
  since: Instant
  /** Keystone's id of it. */
  keystoneId?: string | undefined
  /** For those who may read the project. */
  error?: string | undefined
  /** The id of the project of this customer that has its name in Keystone. */
  dependsOn?: string | undefined
  /** Runs in a row that ended without success. */
  failures?: number | undefined
  /** When it has to be looked at again: what was touched, a pause that ends, a membership that expires. */
  due?: Instant | undefined
  /** Who is at it, and until when nobody else may. */
  run?: { id: string; until: Instant } | undefined
  /** When something was said of it last: an index may not know it yet. */
  markedAt?: Instant | undefined
  /** Whether it is disabled there, as its customer is suspended or closed. */
  suspended?: boolean | undefined
  /** Drift that was reported and not repaired: told once. */
  drift?: string | undefined
}

/** Said to the OpenStack worker of a user or customer who has changed; gone once all of their projects are told. */
export type SyncRequest = {
  /** When it was said first. */
  at: Instant
  due: Instant
  failures?: number | undefined
  run?: OpenStackRecord['run']
}

/** How a project is shown. */
export type OpenStackView = {
  state: OpenStackState | 'off'
  keystoneId?: string | undefined
  error?: string | undefined
  since: Instant
}

/** When something of the customer changed that has yet to reach its projects. */
export type FanOutPending = Instant | undefined

/** What has to be read to say how a project is in OpenStack. */
export type OpenStackKnown = { record: OpenStackRecord | undefined; fanOutPending: FanOutPending }

/**
 * `ready` only while nothing has been said of the project, its customer or any of its customer's users that Keystone
 * may not know yet.
 */
export function openstackView(
  { createdAt, updatedAt }: Project,
  { status }: Pick<Customer, 'status'>,
  record: OpenStackRecord | undefined,
  spreading: FanOutPending,
): OpenStackView {
  if (!record) return { state: 'pending', since: createdAt }
  const { keystoneId, error, since, state } = record
  if (state !== 'ready') return { state, keystoneId, error, since }
  const isBehind = spreading !== undefined || record.suspended !== (status !== 'active') || since < updatedAt
  if (!isBehind) return { state, keystoneId, since }
  return { state: 'pending', keystoneId, since: spreading ?? updatedAt }
}
