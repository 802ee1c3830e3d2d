import * as v from 'valibot'
import { customerStatuses } from '../../../shared/domain/entities/customer.ts'
import {
  CustomerId,
  EmailAddress,
  etag,
  lineOf,
  Name,
  object,
  times,
  UserId,
} from '../routing/schema-types.ts'

export const Customer = object('A customer: an organisation, and who owns its account.', {
  id: CustomerId,
  organisation: Name,
  status: v.picklist(customerStatuses),
  mainCustomerId: UserId,
  ...times,
  etag,
})

export const Address = object('A postal address.', {
  street: Name,
  city: lineOf(100),
  postalCode: lineOf(20),
  region: v.optional(lineOf(100)),
  country: v.pipe(v.string(), v.regex(/^[A-Z]{2}$/), v.description('ISO 3166-1 alpha-2.')),
})
const contact = {
  name: v.optional(Name),
  email: v.optional(EmailAddress),
  phone: v.optional(lineOf(40)),
  address: v.optional(Address),
}
export const Contact = object('How a customer is reached.', { ...contact, ...times })
export const Billing = object('Who is invoiced, with what a tax office asks for.', {
  ...contact,
  companyName: v.optional(Name),
  vatNumber: v.optional(lineOf(30)),
  reference: v.optional(lineOf(100)),
  ...times,
})
