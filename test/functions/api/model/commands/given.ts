import { newUser } from '../change-users.ts'
import type { Dice } from '../dice.ts'
import type { Customer } from '../state.ts'

/** What a command is made of: the customer it's about, and everything else as numbers. */
export type Given = { customer: Customer; dice: Dice }

/** Ids as they are made, but of nothing. */
export const unknown = {
  customer: 'NIL000000',
  user: 'usr_00000000000000000000000000',
  project: 'prj_00000000000000000000000000',
} as const

const owner = newUser({ now: 0, turn: 0 }, { email: 'nobody@model.example', name: '', type: 'main-customer' })
/** No customer: only its identifier is like one's. */
export const nobody: Customer = {
  id: unknown.customer,
  organisation: '',
  status: 'active',
  owner: { ...owner, id: unknown.user },
  users: [],
  projects: [],
  servers: [],
}

export const pathOf = ({ id }: Pick<Customer, 'id'>, ...names: string[]) =>
  ['/v1/customers', id, ...names].join('/')

/** A body that is wrong in itself, for so many of a thousand; else the one that fits. */
export function bodyOr(
  fitting: object,
  misfits: readonly object[],
  { dice: { variant, more } }: Given,
): { body: object; isMisfit: boolean } {
  const isMisfit = variant < 35
  return { body: (isMisfit && misfits[more % misfits.length]) || fitting, isMisfit }
}
