import type { Customer } from '../domain/customer.ts'
import { beginning } from '../domain/instant.ts'
import type { Transfer } from '../domain/transfer.ts'
import { noOffer } from '../domain/transfer.ts'
import type { User } from '../domain/user.ts'
import type { TypeEntry } from '../domain/user-type.ts'
import { customerItem } from '../table/customers.ts'
import type { Deadline, Versioned, Write } from '../table/item.ts'
import { keys } from '../table/keys.ts'
import { userItem } from '../table/users.ts'
import { planAdmins } from './admins.ts'
import { customerChange, transferChange, userChange } from './audit-view.ts'
import type { Context, Plan } from './context.ts'
import { countingAfter, planned } from './context.ts'
import { withNewType } from './user-types.ts'

/** Who gives the ownership to whom, and an offer of it, whoever that is to, as they were read. */
type Passing = {
  owner: Versioned<User>
  successor: Versioned<User>
  offer: Versioned<Transfer> | undefined
  /** The offer is accepted, which it can be until it expires. */
  accepts?: true
}

/** Swaps both types in one transaction, which ends any offer. The old main-customer becomes an admin since the beginning: it keeps what it had. */
export async function transferOwnership(
  context: Context,
  customer: Versioned<Customer>,
  { owner, successor, offer, accepts }: Passing,
): Promise<Plan<Customer>> {
  const { id: customerId, version } = customer
  const at = countingAfter(context, owner.types.at(-1)?.at, successor.types.at(-1)?.at)
  const retired = { before: owner, after: retyped(owner, 'customer-admin', at) }
  const promoted = { before: successor, after: retyped(successor, 'main-customer', at) }
  const updated: Customer = { ...customer, mainCustomerId: successor.id, updatedAt: at.now }
  const key = keys.transfer(customerId)
  // Where there's no offer, none is made meanwhile either.
  const ended: Write = offer
    ? { remove: key, was: offer.version, ...(accepts && { until: untilExpiry(offer) }) }
    : { check: key, was: undefined }
  return planned(
    at,
    customerId,
    'ownership.transferred',
    [
      { put: customerItem(updated), was: version },
      { put: userItem(retired.after), was: owner.version },
      { put: userItem(promoted.after), was: successor.version },
      ...(await planAdmins(at, customerId, [retired, promoted])),
      ended,
    ],
    [
      customerChange({ before: customer, after: updated }),
      userChange(retired),
      userChange(promoted),
      ...(offer ? [transferChange({ before: offer })] : []),
    ],
    updated,
  )
}

const untilExpiry = ({ expiresAt }: Transfer): Deadline => ({ at: expiresAt, means: noOffer() })

function retyped(user: User, type: TypeEntry['type'], { stamp: at, now }: Context): User {
  const since = type === 'customer-admin' ? beginning : undefined
  return { ...withNewType(user, { type, at, since }, now), updatedAt: now }
}
