import type { Customer } from '../../shared/domain/entities/customer.ts'
import type { Project } from '../../shared/domain/entities/project.ts'
import type { User } from '../../shared/domain/entities/user.ts'
import type { AuditEvent } from '../../shared/domain/values/audit-event.ts'
import type { TransactItem } from './between.ts'

/** What one transaction has written, as a test reads it. */
export type Committed = {
  event: AuditEvent | undefined
  customer: Customer | undefined
  users: User[]
  /** Projects that weren't there before. */
  newProjects: Project[]
  sortKeys: string[]
}

export function readCommit(items: readonly TransactItem[]): Committed {
  const puts = items.flatMap(({ Put }) => (Put?.Item ? [Put] : []))
  const named = (matches: (sk: string, pk: string) => boolean) =>
    puts.filter(({ Item }) => matches(String(Item?.sk), String(Item?.pk)))
  const itemsOf = <T>(found: typeof puts) => found.map(({ Item }) => Item as T)
  const isNew = (put: (typeof puts)[number]) => put.ConditionExpression?.startsWith('attribute_not_exists')
  return {
    event: itemsOf<AuditEvent>(named((_, pk) => pk.endsWith('#EVENTS')))[0],
    customer: itemsOf<Customer>(named((sk) => sk === 'CUSTOMER'))[0],
    users: itemsOf<User>(named((sk) => sk === 'USER')),
    newProjects: itemsOf<Project>(named((sk) => sk.startsWith('PROJECT#')).filter(isNew)),
    sortKeys: puts.map(({ Item }) => String(Item?.sk)),
  }
}
