import * as v from 'valibot'
import { createCustomer } from '../../../shared/directory/customers/create-customer.ts'
import { findCustomers } from '../../../shared/directory/customers/find-customers.ts'
import { setCustomerStatus } from '../../../shared/directory/customers/set-customer-status.ts'
import { updateCustomer } from '../../../shared/directory/customers/update-customer.ts'
import { CustomerId, customerStatuses } from '../../../shared/domain/entities/customer.ts'
import { Email } from '../../../shared/domain/text/email.ts'
import { SearchText } from '../../../shared/domain/text/search-text.ts'
import { Organisation, PersonName } from '../../../shared/domain/text/text.ts'
import { DomainError } from '../../../shared/domain/values/errors.ts'
import { requires, operator, operatorAt } from '../authorization/access-rule.ts'
import { action, create, update } from '../changes/change-routes.ts'
import { noBody } from '../changes/read-request.ts'
import { BillingBody, ContactBody, someOf, strictObject } from '../routing/body-schema.ts'
import { list, read } from '../routing/read-routes.ts'
import type { Route } from '../routing/route.ts'
import { presentCustomer, billingResource, contactResource, customerResource } from './resource.ts'

const path = '/v1/customers/{c}'
const idPrefix = v.pipe(
  v.string('must be a string'),
  v.regex(/^[A-Za-z0-9.-]{1,32}$/, 'must be an identifier or how one begins'),
)
const status = v.optional(v.picklist(customerStatuses, `must be one of ${customerStatuses.join(', ')}`))

export const customerRoutes: readonly Route[] = [
  list({
    path: '/v1/customers',
    id: 'listCustomers',
    summary: 'Customers, by identifier: all, or those that are looked for',
    right: operator,
    query: {
      status,
      organisation: v.optional(SearchText),
      id: v.optional(idPrefix),
      email: v.optional(Email),
    },
    etags: true,
    schema: 'customer',
    find: ({ deps, filters }, page) => findCustomers(deps.table, filters, page),
    show: (_call, customer) => presentCustomer(customer),
  }),
  create({
    path: '/v1/customers',
    id: 'createCustomer',
    summary: 'Create a customer with its main-customer and its Main project',
    right: operator,
    body: strictObject({
      id: CustomerId,
      organisation: Organisation,
      contact: v.optional(ContactBody),
      billing: v.optional(BillingBody),
      mainCustomer: strictObject({ name: PersonName, email: Email }),
    }),
    shows: customerResource,
    at: (_call, { id }) => `/v1/customers/${id}`,
    plan: ({ context, deps, body: { id: customerId, ...body } }) => {
      if (!deps.customerIdPattern.test(customerId)) throw invalidCustomerId()
      return createCustomer(context, { customerId, ...body })
    },
  }),
  read({
    path,
    id: 'readCustomer',
    summary: 'The customer',
    right: requires('account.read'),
    of: customerResource,
  }),
  update({
    method: 'patch',
    path,
    id: 'updateCustomer',
    summary: "Change the organisation's name",
    right: requires('account.update'),
    of: customerResource,
    body: someOf({ organisation: v.optional(Organisation) }),
    plan: ({ context, body }, customer) => updateCustomer(context, customer, body),
  }),
  action({
    path: `${path}/suspend`,
    id: 'suspendCustomer',
    summary: 'Suspend: its users keep their access to contact and billing information only',
    right: operatorAt('customer'),
    of: customerResource,
    body: noBody,
    plan: ({ context }, customer) => setCustomerStatus(context, customer, 'suspended'),
  }),
  action({
    path: `${path}/resume`,
    id: 'resumeCustomer',
    summary: 'End a suspension',
    right: operatorAt('customer'),
    of: customerResource,
    body: noBody,
    plan: ({ context }, customer) => setCustomerStatus(context, customer, 'active'),
  }),
  action({
    path: `${path}/close`,
    id: 'closeCustomer',
    summary:
      'Close for good: nobody of it has any right from then on, and its identifier is never used again',
    right: operatorAt('customer'),
    of: customerResource,
    ifMatch: 'required',
    body: noBody,
    plan: ({ context }, customer) => setCustomerStatus(context, customer, 'closed'),
  }),
  read({
    path: `${path}/contact`,
    id: 'readContact',
    summary: "The organisation's contact information",
    right: requires('contact.read'),
    of: contactResource,
  }),
  update({
    method: 'put',
    path: `${path}/contact`,
    id: 'replaceContact',
    summary: "Replace the organisation's contact information",
    right: requires('contact.update'),
    of: contactResource,
    body: ContactBody,
    plan: ({ context, body: contact }, customer) => updateCustomer(context, customer, { contact }),
  }),
  read({
    path: `${path}/billing`,
    id: 'readBilling',
    summary: 'Who is invoiced',
    right: requires('billing.read'),
    of: billingResource,
  }),
  update({
    method: 'put',
    path: `${path}/billing`,
    id: 'replaceBilling',
    summary: 'Replace who is invoiced',
    right: requires('billing.update'),
    of: billingResource,
    body: BillingBody,
    plan: ({ context, body: billing }, customer) => updateCustomer(context, customer, { billing }),
  }),
]

function invalidCustomerId(): DomainError {
  const error = { pointer: '/id', detail: 'must be a customer identifier such as BGE000081' }
  return new DomainError('invalid-request', `${error.pointer} ${error.detail}`, [error])
}
