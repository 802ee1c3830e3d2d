import type { Customer } from '../../domain/entities/customer.ts'
import { noOffer, type Transfer } from '../../domain/entities/ownership-offer.ts'
import type { TypeEntry } from '../../domain/entities/user-type.ts'
import type { User } from '../../domain/entities/user.ts'
import { DomainError } from '../../domain/values/errors.ts'
import { minInstant } from '../../domain/values/instant.ts'
import { customerItem } from '../../records/customers.ts'
import { findTransfer } from '../../records/ownership-offers.ts'
import { userItem } from '../../records/users.ts'
import type { Deadline, Versioned, Write } from '../../table/item.ts'
import { keys } from '../../table/keys.ts'
import { customerChange, transferChange, userChange } from '../change/audit-view.ts'
import { type Context, timestampAfter, type ChangePlan, changePlan } from '../change/change-plan.ts'
import { planAdmins } from '../users/admins.ts'
import { withUserType } from '../users/type-change.ts'
import { type ReadOffer, readOwner, readSuccessor, stateOf } from './parties.ts'

/** The parties of a transfer, and the customer's offer, whomever it was made to, as they were read. */
type Passing = {
  owner: Versioned<User>
  successor: Versioned<User>
  offer: Versioned<Transfer> | undefined
  /** True if the offer is accepted, which ends at its expiry. */
  accepts?: true
}

/**
 * Swaps both types in one transaction, which ends any offer. The old main-customer becomes an admin of all existing
 * projects, and so keeps its access.
 */
async function transferOwnership(
  context: Context,
  customer: Versioned<Customer>,
  { owner, successor, offer, accepts }: Passing,
): Promise<ChangePlan<Customer>> {
  const { id: customerId, version } = customer
  const at = timestampAfter(context, owner.types.at(-1)?.at, successor.types.at(-1)?.at)
  const retired = { before: owner, after: typeChange(owner, 'customer-admin', at) }
  const promoted = { before: successor, after: typeChange(successor, 'main-customer', at) }
  const updated: Customer = { ...customer, mainCustomerId: successor.id, updatedAt: at.now }
  const key = keys.transfer(customerId)
  // Without an offer, check that none is made meanwhile.
  const ended: Write = offer
    ? { remove: key, expectedVersion: offer.version, ...(accepts && { until: untilExpiry(offer) }) }
    : { check: key, expectedVersion: 'absent' }
  return changePlan(at, {
    customerId,
    eventType: 'ownership.transferred',
    writes: [
      { put: customerItem(updated), expectedVersion: version },
      { put: userItem(retired.after), expectedVersion: owner.version },
      { put: userItem(promoted.after), expectedVersion: successor.version },
      ...(await planAdmins(at, customerId, [retired, promoted])),
      ended,
    ],
    changes: [
      customerChange({ before: customer, after: updated }),
      userChange(retired),
      userChange(promoted),
      ...(offer ? [transferChange({ before: offer })] : []),
    ],
    after: updated,
  })
}

const untilExpiry = ({ expiresAt }: Transfer): Deadline => ({ at: expiresAt, onConflict: noOffer() })

function typeChange(user: User, type: TypeEntry['type'], { stamp: at, now }: Context): User {
  const since = type === 'customer-admin' ? minInstant : undefined
  return { ...withUserType(user, { type, at, since }, now), updatedAt: now }
}

/** The admin accepts an open offer: neither user has changed since it was made. */
export async function acceptOwnership(
  context: Context,
  customer: Versioned<Customer>,
  offer: ReadOffer,
): Promise<ChangePlan<Customer>> {
  const { transfer, owner, successor } = offer
  const state = stateOf(offer, customer, context.now)
  if (state === 'over') throw noOffer()
  if (state === 'changed' || !owner || !successor) throw offerChanged()
  return transferOwnership(context, customer, { owner, successor, offer: transfer, accepts: true })
}

/** The error for the admin whose offer has to be made again. */
export const offerChanged = () =>
  new DomainError('conflict', 'either of the two has changed since the offer; it has to be made again')

/** An operator puts an admin in the main-customer's place. */
export async function forceOwnership(
  context: Context,
  customer: Versioned<Customer>,
  { to }: { to: string },
): Promise<ChangePlan<Customer>> {
  const { table } = context
  const [successor, owner, offer] = await Promise.all([
    readSuccessor(table, customer, to),
    readOwner(table, customer),
    findTransfer(table, customer.id),
  ])
  return transferOwnership(context, customer, { owner, successor, offer })
}
