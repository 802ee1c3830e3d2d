import type { Customer } from './customer.ts'
import { DomainError } from './errors.ts'
import type { Instant } from './instant.ts'
import type { User } from './user.ts'
import { heldSince } from './user-type.ts'

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

/** True while the offer can be accepted: it hasn't expired, and whoever made it still is the main-customer. */
export function isOpen({ expiresAt, offeredBy }: Transfer, customer: Customer, now: Instant): boolean {
  return now < expiresAt && offeredBy === customer.mainCustomerId
}

/** The refusal of what takes an offer that still stands. */
export const noOffer = (): DomainError => new DomainError('not-found', 'There is no such offer.')

/**
 * Both logins, and the spell as an active admin, which a status that is only set again doesn't end: an offer is to who held
 * the account then, and as what it was.
 */
export function pledgeOf(owner: User, successor: User): string {
  const links = [owner, successor].map(({ login }) => login && `${login.hash} ${login.linkedAt}`)
  return JSON.stringify([...links, heldSince(successor.types), successor.enabledAgain])
}
