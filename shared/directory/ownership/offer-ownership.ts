import type { Customer } from '../../domain/entities/customer.ts'
import { offerDays, offerFingerprint, type Transfer } from '../../domain/entities/ownership-offer.ts'
import { addMilliseconds } from '../../domain/values/instant.ts'
import { findTransfer, transferItem } from '../../records/ownership-offers.ts'
import { type Versioned, versionOf } from '../../table/item.ts'
import { keys } from '../../table/keys.ts'
import { transferChange } from '../change/audit-view.ts'
import { type Context, type ChangePlan, changePlan } from '../change/change-plan.ts'
import { readOwner, readSuccessor } from './parties.ts'

/** The main-customer offers the ownership to an admin for seven days; another offer replaces this one. */
export async function offerOwnership(
  context: Context,
  customer: Versioned<Customer>,
  { to }: { to: string },
): Promise<ChangePlan<Transfer>> {
  const { table, now } = context
  const [successor, owner, before] = await Promise.all([
    readSuccessor(table, customer, to),
    readOwner(table, customer),
    findTransfer(table, customer.id),
  ])
  const offer: Transfer = {
    customerId: customer.id,
    to,
    offeredBy: customer.mainCustomerId,
    offeredAt: now,
    expiresAt: addMilliseconds(now, offerDays * 86_400_000),
    fingerprint: offerFingerprint(owner, successor),
  }
  return changePlan(context, {
    customerId: customer.id,
    eventType: 'ownership.offered',
    writes: [
      { put: transferItem(offer), expectedVersion: versionOf(before) },
      { check: keys.customer(customer.id), expectedVersion: customer.version },
      { check: keys.user(customer.id, to), expectedVersion: successor.version },
    ],
    changes: [transferChange({ before, after: offer })],
    after: offer,
  })
}

/** Withdraws an offer. */
export function withdrawOwnership(context: Context, offer: Versioned<Transfer>): ChangePlan<undefined> {
  const { customerId, version: expectedVersion } = offer
  return changePlan(context, {
    customerId,
    eventType: 'ownership.withdrawn',
    writes: [{ remove: keys.transfer(customerId), expectedVersion }],
    changes: [transferChange({ before: offer })],
    after: undefined,
  })
}
