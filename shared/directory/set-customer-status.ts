import type { Customer, CustomerStatus } from '../domain/customer.ts'
import { customerItem } from '../table/customers.ts'
import { customerChange } from './audit-view.ts'
import type { Context, Plan } from './context.ts'
import { planned, superseded } from './context.ts'
import { requireCustomer } from './resolve.ts'

const eventTypes = {
  active: 'customer.resumed',
  suspended: 'customer.suspended',
  closed: 'customer.closed',
} as const

/** Suspends, resumes or closes. Closing is final: it holds even against a suspension newer than itself. */
export async function setCustomerStatus(
  context: Context,
  { customerId, status }: { customerId: string; status: CustomerStatus },
): Promise<Plan> {
  const customer = await requireCustomer(context, customerId)
  const isOlder = context.stamp < customer.stamps.status
  if (customer.status === 'closed' || (isOlder && status !== 'closed')) return superseded
  const updated: Customer = {
    ...customer,
    status,
    updatedAt: context.now,
    stamps: { ...customer.stamps, status: context.stamp },
  }
  return planned(
    context,
    customerId,
    eventTypes[status],
    [{ put: customerItem(updated), was: customer.version }],
    [customerChange({ before: customer, after: updated })],
  )
}
