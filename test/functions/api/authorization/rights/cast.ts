import type { UserType } from '../../../../oracle/vocabulary.ts'

/** Where callers are at home, and what becomes of it before they ask. */
export const customers = {
  acme: { id: 'ACM000001', becomes: undefined },
  other: { id: 'OTH000002', becomes: undefined },
  suspended: { id: 'SUS000003', becomes: 'customer.suspended' },
  closed: { id: 'CLO000004', becomes: 'customer.closed' },
} as const
export type CustomerName = keyof typeof customers

/** `holds`: a membership of the project `held` and an assignment of the server `held`. */
export type Person = {
  type: UserType
  main: boolean
  holds?: boolean
  /** The ownership is offered to it. */
  offered?: boolean
  /** The review's policy names it as a reviewer. */
  asked?: boolean
  /** What it has been given and is over when it asks. */
  had?: 'grants' | 'Main'
  /** What happens to it at the end. */
  becomes?: 'disabled' | 'deleted'
}

const tech = { type: 'customer-tech', main: true } as const
const admin = { type: 'customer-admin', main: true, holds: true } as const
const billing = { type: 'customer-billing', main: true } as const
const client = { type: 'customer-client', main: true } as const

/** The users of each customer. Admins hold the project `held` by being there when it was made. */
export const cast = {
  owner: { type: 'main-customer', main: true, holds: true },
  admin,
  'admin who is offered the ownership': { ...admin, offered: true },
  'admin outside Main': { ...admin, main: false },
  'disabled admin': { ...admin, becomes: 'disabled' },
  'spare admin': admin,
  billing,
  'billing outside Main': { ...billing, main: false, asked: true },
  tech: { ...tech, holds: true },
  'spare tech': { ...tech, holds: true },
  'tech without grants': tech,
  'tech with expired grants': { ...tech, had: 'grants' },
  'tech outside Main': { ...tech, main: false, holds: true },
  client: { ...client, holds: true, asked: true },
  'client without grants': client,
  'client whose time in Main is over': { ...client, main: false, holds: true, had: 'Main' },
  'deleted tech': { ...tech, becomes: 'deleted' },
} as const satisfies Record<string, Person>
export type PersonName = keyof typeof cast

export const people = Object.entries(cast) as [PersonName, Person][]

export const emailOf = (customer: CustomerName, name: PersonName): string =>
  `${name.toLowerCase().replaceAll(' ', '-')}@${customer}.example`
