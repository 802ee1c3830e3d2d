import { isDeepStrictEqual } from 'node:util'
import type { Action } from '../action.ts'
import { operator, pickCaller } from '../callers.ts'
import { newUser } from '../change-users.ts'
import { ifMatchFor, pick } from '../dice.ts'
import { refuse, unless } from '../outcome.ts'
import type { Customer, Model } from '../state.ts'
import { bodyOr, type Given, pathOf } from './given.ts'
import { addressOf } from './users.ts'

const organisations = ['Bridge', 'Bridge & Söhne', 'Ponte'] as const
const address = { street: 'Kade 1', city: 'Gent', postalCode: '9000', country: 'BE' }
const contacts = [
  {},
  { name: 'Front desk', email: 'desk@model.example' },
  { phone: '+31 20 1234567', address },
] as const
const billings = [
  { companyName: 'Bridge NV', vatNumber: 'BE0123456789' },
  { reference: 'PO 1', address: { ...address, region: 'Vlaanderen' } },
] as const
const misfitRecords = [{ email: 'no address' }, { address: { ...address, country: 'XX' } }, { fax: '1' }]

export function createCustomerAction(model: Model, given: Given): Action {
  const { dice } = given
  const id = pick(['MOD000003', 'MOD000004', ...model.customers.map((customer) => customer.id)], dice.user)
  const asked = {
    id,
    organisation: pick(organisations, dice.more),
    ...(dice.variant % 2 === 0 && { contact: pick(contacts, dice.more) }),
    mainCustomer: { name: 'Olga', email: addressOf(dice.user) },
  }
  const misfits = [
    { ...asked, id: 'no_id' },
    { ...asked, mainCustomer: {} },
    { ...asked, status: 'active' },
  ]
  return {
    caller: dice.caller < 700 ? operator : pickCaller(model, given),
    customer: undefined,
    method: 'POST',
    path: '/v1/customers',
    ...bodyOr(asked, misfits, given),
    needs: { right: 'any operator' },
    plan: () => {
      if (model.customers.some((customer) => customer.id === id)) return refuse('conflict')
      return { status: 201, apply: () => void model.customers.push(newCustomer(model, asked)) }
    },
  }
}

type NewCustomer = Pick<Customer, 'id' | 'organisation' | 'contact'> & {
  mainCustomer: { name: string; email: string }
}

export function newCustomer(model: Model, { mainCustomer, ...given }: NewCustomer): Customer {
  const owner = newUser(model, { ...mainCustomer, type: 'main-customer' })
  return { ...given, status: 'active', owner, users: [owner], projects: [], servers: [] }
}

/** What all commands on a customer as a whole, or on one of its records, have in common. */
function onCustomer(model: Model, given: Given, below: string, tagged = below, isRequired = false) {
  const { customer, dice } = given
  const path = `${pathOf(customer)}${tagged}`
  return {
    caller: pickCaller(model, given),
    customer,
    path: `${pathOf(customer)}${below}`,
    ifMatch: ifMatchFor(dice.ifMatch, { isRequired, isThere: true, path }),
  }
}

export function updateCustomer(model: Model, given: Given): Action {
  const { customer, dice } = given
  const asked = { organisation: pick(organisations, dice.more) }
  return {
    ...onCustomer(model, given, ''),
    method: 'PATCH',
    ...bodyOr(asked, [{}, { organisation: '' }, { status: 'closed' }], given),
    needs: { right: 'account.update' },
    plan: () =>
      unless(customer.organisation === asked.organisation, {
        status: 200,
        apply: () => Object.assign(customer, asked),
      }),
  }
}

export function replaceContact(model: Model, given: Given): Action {
  const { customer, dice } = given
  const contact = pick<object>(contacts, dice.more)
  return {
    ...onCustomer(model, given, '/contact'),
    method: 'PUT',
    ...bodyOr(contact, [...misfitRecords, { companyName: 'Bridge NV' }], given),
    needs: { right: 'contact.update' },
    plan: () => replaceRecord(customer, 'contact', contact),
  }
}

export function replaceBilling(model: Model, given: Given): Action {
  const { customer, dice } = given
  const billing = pick<object>(billings, dice.more)
  return {
    ...onCustomer(model, given, '/billing'),
    method: 'PUT',
    ...bodyOr(billing, misfitRecords, given),
    needs: { right: 'billing.update' },
    plan: () => replaceRecord(customer, 'billing', billing),
  }
}

/** One that was never set is empty. */
const replaceRecord = (customer: Customer, name: 'contact' | 'billing', record: object) =>
  unless(isDeepStrictEqual(customer[name] ?? {}, record), {
    status: 200,
    apply: () => Object.assign(customer, { [name]: record }),
  })

export const suspendCustomer = setStatus('suspend', 'suspended')
export const resumeCustomer = setStatus('resume', 'active')
export const closeCustomer = setStatus('close', 'closed')

function setStatus(verb: string, status: Customer['status']) {
  return (model: Model, given: Given): Action => ({
    ...onCustomer(model, given, `/${verb}`, '', status === 'closed'),
    caller: given.dice.caller < 800 ? operator : pickCaller(model, given),
    method: 'POST',
    needs: { right: 'operator' },
    plan: () =>
      unless(given.customer.status === status, {
        status: 200,
        apply: () => Object.assign(given.customer, { status }),
      }),
  })
}
