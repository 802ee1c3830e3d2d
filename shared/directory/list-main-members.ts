import type { Customer } from '../domain/customer.ts'
import type { Instant } from '../domain/instant.ts'
import { isMainMember } from '../domain/main-project.ts'
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
  const registers = users.map(({ id }) => keys.grant(customer.id, id, 'project', mainProjectId))
  const stored = await table.getMany(registers)
  const members = users.filter((user, place) => isMainMember(customer, user, asGrant(stored[place]), now))
  return new Set(members.map(({ id }) => id))
}
