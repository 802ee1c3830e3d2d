import * as v from 'valibot'
import { customerStatuses } from '../../../shared/domain/customer.ts'
import { CustomerId, EmailAddress, Line, Moment, object, times, UserId, etag } from './vocabulary.ts'

export const Customer = object('A customer: an organisation, and who owns its account.', {
  id: CustomerId,
  organisation: Line,
  status: v.picklist(customerStatuses),
  mainCustomerId: UserId,
  ...times,
  etag,
})

export const Address = object('A postal address.', {
  street: Line,
  city: Line,
  postalCode: Line,
  region: v.optional(Line),
  country: v.pipe(v.string(), v.regex(/^[A-Z]{2}$/), v.description('ISO 3166-1 alpha-2.')),
})
const contact = {
  name: v.optional(Line),
  email: v.optional(EmailAddress),
  phone: v.optional(Line),
  address: v.optional(Address),
}
export const Contact = object('How a customer is reached.', { ...contact, ...times })
export const Billing = object('Who is invoiced, with what a tax office asks for.', {
  ...contact,
  companyName: v.optional(Line),
  vatNumber: v.optional(Line),
  reference: v.optional(Line),
  ...times,
})

export const Transfer = object('An offer of the ownership of a customer to one of its admins.', {
  to: UserId,
  offeredBy: UserId,
  expiresAt: Moment,
  ...times,
})
