import {
  type Claim,
  claimedBy,
  ended,
  holderNow,
  lastReleased,
  released,
} from '../../domain/entities/claim.ts'
import type { User } from '../../domain/entities/user.ts'
import { DomainError } from '../../domain/values/errors.ts'
import type { Stamp } from '../../domain/values/instant.ts'
import { asClaim, emailClaimItem } from '../../records/claims.ts'
import { type Versioned, versionOf, type Write } from '../../table/item.ts'
import { keys } from '../../table/keys.ts'
import type { Table } from '../../table/table.ts'
import type { Context } from '../change/change-plan.ts'

/**
 * Plans the claims of a change of address. `moved` returns the writes for the stamp at which the change counts;
 * `stamp` is the one that it has to come after. No writes if the address stays.
 */
export async function moveEmail(
  { table }: Context,
  user: User,
  email: string | undefined,
): Promise<{ stamp?: Stamp; moved: (stamp: Stamp) => Write[] }> {
  if (email === undefined || email === user.email) return { moved: () => [] }
  const [left, taken] = await Promise.all([findClaim(table, user, user.email), findClaim(table, user, email)])
  if (holderNow(taken)) throw new DomainError('conflict', 'a user of this customer has this e-mail address')
  return {
    stamp: lastReleased(taken),
    moved: (stamp) => [
      {
        put: emailClaimItem(user.customerId, email, claimedBy(taken, user.id, stamp, true)),
        expectedVersion: versionOf(taken),
      },
      ...(left ? [put(user, user.email, left, released(left, user.id, stamp))] : []),
    ],
  }
}

/**
 * Frees the address of a deleted user, and ends the user's period at the one in the event. `update` adds the facts
 * from after the deletion to a claim.
 */
export async function endEmails(
  { table, stamp }: Context,
  user: User,
  update: (claim: Claim, address: string) => Claim,
  named = user.email,
): Promise<Write[]> {
  const emails = [...new Set([user.email, named])]
  const claims = await Promise.all(emails.map((email) => findClaim(table, user, email)))
  return emails.flatMap((email, place) => {
    const claim = claims[place]
    return claim ? [put(user, email, claim, update(ended(claim, user.id, stamp), email))] : []
  })
}

async function findClaim(table: Table, { customerId }: User, email: string) {
  return asClaim(await table.get(keys.email(customerId, email)))
}

function put(
  { customerId }: User,
  email: string,
  { version: expectedVersion }: Versioned<Claim>,
  claim: Claim,
): Write {
  return { put: emailClaimItem(customerId, email, claim), expectedVersion }
}
