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
import { may, operator, operatorAt } from '../authorization/access-rule.ts'
import { act, create, update } from '../changes/change-routes.ts'
import { BillingBody, ContactBody, someOf, strictObject } from '../routing/body-schema.ts'
import { list, read } from '../routing/read-routes.ts'
import type { Route } from '../routing/route.ts'
import { presentCustomer, theBilling, theContact, theCustomer } from './resource.ts'

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
    shows: theCustomer,
    at: (_call, { id }) => `/v1/customers/${id}`,
    plan: ({ acting, deps, body: { id: customerId, ...body } }) => {
      if (!deps.customerIdPattern.test(customerId)) throw noCustomerId()
      return createCustomer(acting, { customerId, ...body })
    },
  }),
  read({
    path,
    id: 'readCustomer',
    summary: 'The customer',
    right: may('account.read'),
    of: theCustomer,
  }),
  update({
    method: 'patch',
    path,
    id: 'updateCustomer',
    summary: "Change the organisation's name",
    right: may('account.update'),
    of: theCustomer,
    body: someOf({ organisation: v.optional(Organisation) }),
    plan: ({ acting, body }, customer) => updateCustomer(acting, customer, body),
  }),
  act({
    path: `${path}/suspend`,
    id: 'suspendCustomer',
    summary: 'Suspend: its users keep their access to contact and billing information only',
    right: operatorAt('customer'),
    of: theCustomer,
    plan: ({ acting }, customer) => setCustomerStatus(acting, customer, 'suspended'),
  }),
  act({
    path: `${path}/resume`,
    id: 'resumeCustomer',
    summary: 'End a suspension',
    right: operatorAt('customer'),
    of: theCustomer,
    plan: ({ acting }, customer) => setCustomerStatus(acting, customer, 'active'),
  }),
  act({
    path: `${path}/close`,
    id: 'closeCustomer',
    summary:
      'Close for good: nobody of it has any right from then on, and its identifier is never used again',
    right: operatorAt('customer'),
    of: theCustomer,
    ifMatch: 'required',
    plan: ({ acting }, customer) => setCustomerStatus(acting, customer, 'closed'),
  }),
  read({
    path: `${path}/contact`,
    id: 'readContact',
    summary: "The organisation's contact information",
    right: may('contact.read'),
    of: theContact,
  }),
  update({
    method: 'put',
    path: `${path}/contact`,
    id: 'replaceContact',
    summary: "Replace the organisation's contact information",
    right: may('contact.update'),
    of: theContact,
    body: ContactBody,
    plan: ({ acting, body: contact }, customer) => updateCustomer(acting, customer, { contact }),
  }),
  read({
    path: `${path}/billing`,
    id: 'readBilling',
    summary: 'Who is invoiced',
    right: may('billing.read'),
    of: theBilling,
  }),
  update({
    method: 'put',
    path: `${path}/billing`,
    id: 'replaceBilling',
    summary: 'Replace who is invoiced',
    right: may('billing.update'),
    of: theBilling,
    body: BillingBody,
    plan: ({ acting, body: billing }, customer) => updateCustomer(acting, customer, { billing }),
  }),
]

function noCustomerId(): DomainError {
  const error = { pointer: '/id', detail: 'must be a customer identifier such as BGE000081' }
  return new DomainError('invalid-request', `${error.pointer} ${error.detail}`, [error])
}
