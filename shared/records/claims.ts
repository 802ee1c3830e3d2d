import { type Claim, holderNow } from '../domain/entities/claim.ts'
import { projectNameKey } from '../domain/entities/project.ts'
import type { Item, Versioned } from '../table/item.ts'
import { keys } from '../table/keys.ts'

export const asClaim = (item: Item | undefined) => item as Versioned<Claim> | undefined

/** `claimedEmail` lets a login that isn't linked yet find the customers that invited it. */
export function emailClaimItem(customerId: string, email: string, claim: Claim) {
  const holder = holderNow(claim)?.id
  return {
    ...keys.email(customerId, email),
    holders: claim.holders,
    unclaimed: claim.unclaimed,
    holder,
    claimedEmail: holder && email,
    claimedAt: holder && customerId,
  }
}

export function nameClaimItem(customerId: string, name: string, claim: Claim) {
  const { holders, unclaimed } = claim
  return { ...keys.projectName(customerId, projectNameKey(name)), holders, unclaimed }
}
