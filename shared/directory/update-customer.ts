import type { Billing, Contact } from '../domain/contact.ts'
import type { Customer } from '../domain/customer.ts'
import { customerItem } from '../table/customers.ts'
import { customerChange } from './audit-view.ts'
import type { Context, Plan } from './context.ts'
import { planned, superseded } from './context.ts'
import { requireCustomer } from './resolve.ts'

export type UpdateCustomer = {
  customerId: string
  organisation?: string | undefined
  contact?: Contact | undefined
  billing?: Billing | undefined
}

const registers = ['organisation', 'contact', 'billing'] as const

/** Sets those of organisation, contact and billing that are given and older than the change. */
export async function updateCustomer(context: Context, input: UpdateCustomer): Promise<Plan> {
  const customer = await requireCustomer(context, input.customerId)
  const set = registers.filter((name) => input[name] !== undefined && customer.stamps[name] < context.stamp)
  if (set.length === 0) return superseded
  const updated: Customer = {
    ...customer,
    ...Object.fromEntries(set.map((name) => [name, input[name]])),
    updatedAt: context.now,
    stamps: { ...customer.stamps, ...Object.fromEntries(set.map((name) => [name, context.stamp])) },
  }
  return planned(
    context,
    customer.id,
    'customer.updated',
    [{ put: customerItem(updated), was: customer.version }],
    [customerChange({ before: customer, after: updated })],
  )
}
