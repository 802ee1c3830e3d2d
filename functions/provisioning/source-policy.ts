import * as v from 'valibot'
import { DomainError } from '../../shared/domain/values/errors.ts'
import { addMilliseconds } from '../../shared/domain/values/instant.ts'
import { aheadTolerance, type Delivery } from '../../shared/provisioning/delivery.ts'

const Names = v.nullish(v.array(v.string()))

/** The event types and customers that a source may send; absent or null: all. */
export const SourcePolicy = v.object({ types: Names, customers: Names })
export type SourcePolicy = v.InferOutput<typeof SourcePolicy>

/**
 * Throws for faults that no later event can mend: a type or customer that the source may not send, or a timestamp
 * from the future.
 */
export function checkPolicy(policy: SourcePolicy | undefined, delivery: Delivery): void {
  if (!policy) throw new DomainError('unavailable', 'the source is not configured')
  if (policy.types && !policy.types.includes(delivery.type)) {
    throw new DomainError('forbidden', `the source may not send ${delivery.type}`)
  }
  if (policy.customers && !policy.customers.includes(delivery.customerId ?? '')) {
    throw new DomainError('forbidden', 'the source may not touch this customer')
  }
  if (delivery.timestamp > addMilliseconds(delivery.receivedAt, aheadTolerance)) {
    throw new DomainError('invalid-request', 'the timestamp is more than five minutes ahead of its arrival')
  }
}
