import type { Billing, Contact } from '../../../shared/domain/entities/contact.ts'
import type { Customer } from '../../../shared/domain/entities/customer.ts'
import { instantOfStamp, presentInstant } from '../../../shared/domain/values/instant.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import { customerOf } from '../authorization/request-context.ts'
import type { Resource } from '../routing/resource.ts'
import type { Representation } from '../schemas.ts'

export function presentCustomer({
  id,
  organisation,
  status,
  mainCustomerId,
  ...times
}: Customer): Representation<'customer'> {
  return {
    id,
    organisation,
    status,
    mainCustomerId,
    createdAt: presentInstant(times.createdAt),
    updatedAt: presentInstant(times.updatedAt),
  }
}

function presentContact(customer: Customer): Representation<'contact'> {
  return { ...contactFields(customer.contact), ...timesOf(customer, 'contact') }
}

function presentBilling(customer: Customer): Representation<'billing'> {
  const { companyName, vatNumber, reference }: Billing = customer.billing ?? {}
  return {
    ...contactFields(customer.billing),
    companyName,
    vatNumber,
    reference,
    ...timesOf(customer, 'billing'),
  }
}

function contactFields({ name, email, phone, address }: Contact = {}) {
  if (!address) return { name, email, phone }
  const { street, city, postalCode, region, country } = address
  return { name, email, phone, address: { street, city, postalCode, region, country } }
}

function timesOf({ createdAt, stamps }: Customer, field: 'contact' | 'billing') {
  return {
    createdAt: presentInstant(createdAt),
    updatedAt: presentInstant(instantOfStamp(stamps[field])),
  }
}

type OfCustomer = Resource<Customer, Versioned<Customer>>

export const customerResource: OfCustomer = {
  schema: 'customer',
  name: 'customer',
  load: customerOf,
  show: (_call, customer) => presentCustomer(customer),
}

export const contactResource: OfCustomer = {
  ...customerResource,
  schema: 'contact',
  show: (_call, customer) => presentContact(customer),
}

export const billingResource: OfCustomer = {
  ...customerResource,
  schema: 'billing',
  show: (_call, customer) => presentBilling(customer),
}
