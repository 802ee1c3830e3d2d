import { DomainError } from '../values/errors.ts'
import type { Instant } from '../values/instant.ts'
import type { Customer } from './customer.ts'
import { typeSince } from './user-type.ts'
import { typeOf, type User } from './user.ts'

/** An offer of a customer's ownership to one of its admins. */
export type Transfer = {
  customerId: string
  /** Id of the admin it is offered to. */
  to: string
  /** Id of the main-customer who offers it. */
  offeredBy: string
  offeredAt: Instant
  expiresAt: Instant
  /** `offerFingerprint` of the two when the offer was made. */
  fingerprint: string
}

/** An offer that nobody accepts ends by itself. */
export const offerDays = 7

/** Both users of an offer, in their present state. */
type Parties = { owner: User | undefined; successor: User | undefined }

/**
 * `open`: it can be accepted. `changed`: one of the two has changed since, so the offer has to be made again. `over`:
 * it has expired, its maker isn't the main-customer any more, or the customer is closed. Only an open offer is shown;
 * while a customer is suspended, none of its users has the right to accept.
 */
export type OfferState = 'open' | 'changed' | 'over'

export function stateOfOffer(
  { expiresAt, offeredBy, fingerprint }: Transfer,
  customer: Customer,
  { owner, successor }: Parties,
  now: Instant,
): OfferState {
  const isCurrent = now < expiresAt && offeredBy === customer.mainCustomerId && customer.status !== 'closed'
  if (!isCurrent) return 'over'
  if (!owner || !successor || !canSucceed(successor)) return 'changed'
  return fingerprint === offerFingerprint(owner, successor) ? 'open' : 'changed'
}

/** True for a user who may become the owner: an active admin with a linked login. */
export function canSucceed(user: User): boolean {
  const isActive = user.status === 'active' && !user.deleted
  return isActive && user.login !== undefined && typeOf(user) === 'customer-admin'
}

/** The error of an action on an offer that doesn't exist, or is over. */
export const noOffer = (): DomainError => new DomainError('not-found', 'There is no such offer.')

/**
 * Identifies both logins and the successor's period as an active admin, which setting the same status again doesn't
 * end: an offer is to the person who held the account then, in that role.
 */
export function offerFingerprint(owner: User, successor: User): string {
  const links = [owner, successor].map(({ login }) => login && `${login.hash} ${login.linkedAt}`)
  return JSON.stringify([...links, typeSince(successor.types), successor.enabledAgain])
}
