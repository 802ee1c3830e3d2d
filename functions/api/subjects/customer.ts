import type { Customer } from '../../../shared/domain/customer.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import { customerOf } from '../call.ts'
import { presentBilling, presentContact, presentCustomer } from '../representations/customer.ts'
import type { Subject } from '../subject.ts'

type OfCustomer = Subject<Customer, Versioned<Customer>>

export const theCustomer: OfCustomer = {
  schema: 'customer',
  name: 'customer',
  load: customerOf,
  show: (_call, customer) => presentCustomer(customer),
}

export const theContact: OfCustomer = {
  ...theCustomer,
  schema: 'contact',
  show: (_call, customer) => presentContact(customer),
}

export const theBilling: OfCustomer = {
  ...theCustomer,
  schema: 'billing',
  show: (_call, customer) => presentBilling(customer),
}
