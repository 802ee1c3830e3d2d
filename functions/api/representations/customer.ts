import type { Billing, Contact } from '../../../shared/domain/contact.ts'
import type { Customer } from '../../../shared/domain/customer.ts'
import { instantOfStamp, presentInstant } from '../../../shared/domain/instant.ts'

export function presentCustomer({ id, organisation, status, mainCustomerId, ...times }: Customer) {
  return {
    id,
    organisation,
    status,
    mainCustomerId,
    createdAt: presentInstant(times.createdAt),
    updatedAt: presentInstant(times.updatedAt),
  }
}

export function presentContact(customer: Customer) {
  return { ...contactFields(customer.contact), ...timesOf(customer, 'contact') }
}

export function presentBilling(customer: Customer) {
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

function timesOf({ createdAt, stamps }: Customer, register: 'contact' | 'billing') {
  return {
    createdAt: presentInstant(createdAt),
    updatedAt: presentInstant(instantOfStamp(stamps[register])),
  }
}
