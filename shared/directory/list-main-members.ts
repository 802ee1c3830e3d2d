import type { Customer } from '../domain/customer.ts'
import { isExpired } from '../domain/grant.ts'
import type { Instant } from '../domain/instant.ts'
import { mainProjectOf } from '../domain/main-project.ts'
import { membershipOf } from '../domain/membership.ts'
import { mainProjectId } from '../domain/project-name.ts'
import type { User } from '../domain/user.ts'
import { asGrant } from '../table/grants.ts'
import { keys } from '../table/keys.ts'
import type { Table } from '../table/table.ts'

/** Ids of those among the users who are members of Main now; a request for each hundred. */
export async function listMainMembers(
  table: Table,
  customer: Customer,
  users: readonly User[],
  now: Instant,
): Promise<ReadonlySet<string>> {
  const main = mainProjectOf(customer)
  const stored = await table.getMany(
    users.map(({ id }) => keys.grant(customer.id, id, 'project', mainProjectId)),
  )
  const members = users.filter((user, place) => {
    const membership = membershipOf(user, main, asGrant(stored[place]))
    return membership !== undefined && !isExpired(membership, now)
  })
  return new Set(members.map(({ id }) => id))
}
