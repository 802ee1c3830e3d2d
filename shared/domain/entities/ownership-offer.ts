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
  /** `pledgeOf` the two as they were when it was made. */
  pledge: string
}

/** An offer that nobody accepts ends by itself. */
export const offerDays = 7

/** The two whom an offer is about, as they are now. */
export type Parties = { owner: User | undefined; successor: User | undefined }

/**
 * `open`: it can be accepted. `changed`: one of the two isn't any more as it was then, so it has to be made again. `over`: it
 * has expired, is of somebody who isn't the main-customer any more, or the customer is closed. Only an open one is shown; while
 * a customer is suspended, nobody of it has the right to accept.
 */
export type OfferState = 'open' | 'changed' | 'over'

export function stateOfOffer(
  { expiresAt, offeredBy, pledge }: Transfer,
  customer: Customer,
  { owner, successor }: Parties,
  now: Instant,
): OfferState {
  const isCurrent = now < expiresAt && offeredBy === customer.mainCustomerId && customer.status !== 'closed'
  if (!isCurrent) return 'over'
  if (!owner || !successor || !canSucceed(successor)) return 'changed'
  return pledge === offerFingerprint(owner, successor) ? 'open' : 'changed'
}

/** Whom the ownership may pass to: an active admin with a linked login. */
export function canSucceed(user: User): boolean {
  const isActive = user.status === 'active' && !user.deleted
  return isActive && user.login !== undefined && typeOf(user) === 'customer-admin'
}

/** The refusal of what takes an offer that still stands. */
export const noOffer = (): DomainError => new DomainError('not-found', 'There is no such offer.')

/**
 * Both logins, and the spell as an active admin, which a status that is only set again doesn't end: an offer is to who held
 * the account then, and as what it was.
 */
export function offerFingerprint(owner: User, successor: User): string {
  const links = [owner, successor].map(({ login }) => login && `${login.hash} ${login.linkedAt}`)
  return JSON.stringify([...links, typeSince(successor.types), successor.enabledAgain])
}
