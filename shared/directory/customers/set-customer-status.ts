import type { Customer, CustomerStatus } from '../../domain/entities/customer.ts'
import { customerItem } from '../../records/customers.ts'
import type { Versioned } from '../../table/item.ts'
import { keys } from '../../table/keys.ts'
import { customerChange } from '../change/audit-view.ts'
import {
  type Context,
  timestampAfter,
  isByPerson,
  type ChangePlan,
  changePlan,
  superseded,
  unchanged,
} from '../change/change-plan.ts'

const eventTypes = {
  active: 'customer.resumed',
  suspended: 'customer.suspended',
  closed: 'customer.closed',
} as const

/** Suspends, resumes or closes. Closing is final: it wins even over a newer suspension. */
export function setCustomerStatus(
  context: Context,
  customer: Versioned<Customer>,
  status: CustomerStatus,
): ChangePlan<Customer> {
  const at = timestampAfter(context, customer.stamps.status)
  const isOlder = at.stamp < customer.stamps.status
  if (customer.status === 'closed' || (isOlder && status !== 'closed')) return superseded
  if (isByPerson(context) && customer.status === status) {
    return unchanged(customer, [{ key: keys.customer(customer.id), expectedVersion: customer.version }])
  }
  const updated: Customer = {
    ...customer,
    status,
    updatedAt: at.now,
    stamps: { ...customer.stamps, status: at.stamp },
  }
  return changePlan(at, {
    customerId: customer.id,
    eventType: eventTypes[status],
    writes: [{ put: customerItem(updated), expectedVersion: customer.version }],
    changes: [customerChange({ before: customer, after: updated })],
    after: updated,
  })
}
