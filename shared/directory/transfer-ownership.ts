import type { Customer } from '../domain/customer.ts'
import { DomainError } from '../domain/errors.ts'
import { beginning } from '../domain/instant.ts'
import type { Transfer } from '../domain/transfer.ts'
import { noOffer, pledgeOf } from '../domain/transfer.ts'
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
import { readOwner, readSuccessor } from './successor.ts'
import { withNewType } from './user-types.ts'

/** Swaps both types in one transaction, which ends any offer. The old main-customer becomes an admin since the beginning: it keeps what it had. */
export async function transferOwnership(
  context: Context,
  customer: Versioned<Customer>,
  { to, offer, accepts }: { to: string; offer: Versioned<Transfer> | undefined; accepts?: true },
): Promise<Plan<Customer>> {
  const { table } = context
  const { id: customerId, version } = customer
  const [successor, owner] = await Promise.all([
    readSuccessor(table, customer, to),
    readOwner(table, customer),
  ])
  if (accepts && offer?.pledge !== pledgeOf(owner, successor)) {
    throw new DomainError(
      'conflict',
      'either of the two has changed since the offer; it has to be made again',
    )
  }
  const at = countingAfter(context, owner.types.at(-1)?.at, successor.types.at(-1)?.at)
  const retired = { before: owner, after: retyped(owner, 'customer-admin', at) }
  const promoted = { before: successor, after: retyped(successor, 'main-customer', at) }
  const updated: Customer = { ...customer, mainCustomerId: to, updatedAt: at.now }
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
