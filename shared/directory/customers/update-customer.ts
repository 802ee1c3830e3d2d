import type { Billing, Contact } from '../../domain/entities/contact.ts'
import type { Customer } from '../../domain/entities/customer.ts'
import { isSameJson } from '../../domain/values/equality.ts'
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

type UpdateCustomer = {
  organisation?: string | undefined
  contact?: Contact | undefined
  billing?: Billing | undefined
}

const fields = ['organisation', 'contact', 'billing'] as const

/** Sets the given fields whose last write is older than the change. */
export function updateCustomer(
  context: Context,
  customer: Versioned<Customer>,
  input: UpdateCustomer,
): ChangePlan<Customer> {
  const named = fields.filter((name) => input[name] !== undefined)
  // A contact or billing record that was never set is shown as an empty one.
  const isSame = named.every((name) => isSameJson(customer[name] ?? {}, input[name]))
  if (isByPerson(context) && isSame) {
    return unchanged(customer, [{ key: keys.customer(customer.id), expectedVersion: customer.version }])
  }
  const at = timestampAfter(context, ...named.map((name) => customer.stamps[name]))
  const set = named.filter((name) => customer.stamps[name] < at.stamp)
  if (set.length === 0) return superseded
  const updated: Customer = {
    ...customer,
    ...Object.fromEntries(set.map((name) => [name, input[name]])),
    updatedAt: at.now,
    stamps: { ...customer.stamps, ...Object.fromEntries(set.map((name) => [name, at.stamp])) },
  }
  return changePlan(at, {
    customerId: customer.id,
    eventType: 'customer.updated',
    writes: [{ put: customerItem(updated), expectedVersion: customer.version }],
    changes: [customerChange({ before: customer, after: updated })],
    after: updated,
  })
}
