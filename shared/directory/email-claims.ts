import type { Claim } from '../domain/claim.ts'
import { claimedBy, holderNow, lastReleased, released } from '../domain/claim.ts'
import { DomainError } from '../domain/errors.ts'
import type { Stamp } from '../domain/instant.ts'
import type { User } from '../domain/user.ts'
import { asClaim, emailClaimItem } from '../table/claims.ts'
import type { Versioned, Write } from '../table/item.ts'
import { keys } from '../table/keys.ts'
import type { Table } from '../table/table.ts'
import type { Context } from './context.ts'

/**
 * The claims of an address change, to be written at whatever stamp the change counts; `stamp` is what it has to come
 * after. Nothing where the address stays.
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
        put: emailClaimItem(user.customerId, email, claimedBy(taken, user.id, stamp)),
        was: taken?.version,
      },
      ...release(user, left, stamp),
    ],
  }
}

/** Frees the address of a user who goes. */
export async function releaseEmail({ table, stamp }: Context, user: User): Promise<Write[]> {
  return release(user, await findClaim(table, user, user.email), stamp)
}

async function findClaim(table: Table, { customerId }: User, email: string) {
  return asClaim(await table.get(keys.email(customerId, email)))
}

function release(user: User, claim: Versioned<Claim> | undefined, stamp: Stamp): Write[] {
  if (!claim) return []
  const item = emailClaimItem(user.customerId, user.email, released(claim, user.id, stamp))
  return [{ put: item, was: claim.version }]
}
