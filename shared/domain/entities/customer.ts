import * as v from 'valibot'
import { DomainError } from '../values/errors.ts'
import type { Instant, Stamp } from '../values/instant.ts'
import type { Billing, Contact } from './contact.ts'

export const customerStatuses = ['active', 'suspended', 'closed'] as const
export type CustomerStatus = (typeof customerStatuses)[number]

/** `BGE000081`; another deployment may configure another pattern, never with `#` or `_`. */
export const defaultCustomerIdPattern = '^[A-Z]{3}[0-9]{6}$'

/** Whatever pattern is configured, an identifier is safe inside a key and an OpenStack name. */
export const CustomerId = v.pipe(
  v.string('must be a string'),
  v.regex(/^[A-Za-z0-9.-]{1,32}$/, 'must be a customer identifier such as BGE000081'),
)

export type Customer = {
  id: string
  organisation: string
  status: CustomerStatus
  mainCustomerId: string
  contact?: Contact | undefined
  billing?: Billing | undefined
  createdAt: Instant
  updatedAt: Instant
  /** The stamp of each field's last write; the write with the greater stamp wins. */
  stamps: { status: Stamp; organisation: Stamp; contact: Stamp; billing: Stamp }
}

/** Throws `conflict` for changes newer than the closing, which is final. Older events may still arrive. */
export function refuseIfClosed(customer: Customer, at: Stamp): void {
  if (customer.status === 'closed' && at > customer.stamps.status) {
    throw new DomainError('conflict', `customer ${customer.id} is closed, and closing is final`)
  }
}
