import type { Customer } from '../../domain/entities/customer.ts'
import {
  canSucceed,
  type OfferState,
  stateOfOffer,
  type Transfer,
} from '../../domain/entities/ownership-offer.ts'
import type { User } from '../../domain/entities/user.ts'
import { DomainError } from '../../domain/values/errors.ts'
import { isId } from '../../domain/values/id.ts'
import type { Instant } from '../../domain/values/instant.ts'
import { findTransfer } from '../../records/ownership-offers.ts'
import { asUser } from '../../records/users.ts'
import type { Versioned } from '../../table/item.ts'
import { keys } from '../../table/keys.ts'
import type { Table } from '../../table/table.ts'

/** Reads the user who may become the owner: an active admin with a linked login. */
export async function readSuccessor(table: Table, { id }: Customer, to: string): Promise<Versioned<User>> {
  const user = isId(to) ? asUser(await table.get(keys.user(id, to))) : undefined
  if (!user || user.deleted) {
    const error = { pointer: '/to', detail: 'is no user of this customer' }
    throw new DomainError('invalid-request', `${error.pointer} ${error.detail}`, [error])
  }
  if (!canSucceed(user)) {
    throw new DomainError('conflict', 'ownership passes to an active customer-admin with a linked login only')
  }
  return user
}

export async function readOwner(table: Table, { id, mainCustomerId }: Customer): Promise<Versioned<User>> {
  const owner = asUser(await table.get(keys.user(id, mainCustomerId)))
  if (!owner) throw new Error('a customer has its main-customer')
  return owner
}

/** An offer of the ownership with its two users, in their present state. */
export type ReadOffer = {
  transfer: Versioned<Transfer>
  owner: Versioned<User> | undefined
  successor: Versioned<User> | undefined
}

/** Reads the customer's last offer, whatever its state, in one request, and in another one its two users. */
export async function findOffer(table: Table, customerId: string): Promise<ReadOffer | undefined> {
  const transfer = await findTransfer(table, customerId)
  if (!transfer) return undefined
  const both = [transfer.offeredBy, transfer.to].map((id) => keys.user(customerId, id))
  const [owner, successor] = (await table.getMany(both)).map(asUser)
  return { transfer, owner, successor }
}

/** The state of an offer for showing, withdrawing and accepting it. */
export const stateOf = ({ transfer, ...parties }: ReadOffer, customer: Customer, now: Instant): OfferState =>
  stateOfOffer(transfer, customer, parties, now)
