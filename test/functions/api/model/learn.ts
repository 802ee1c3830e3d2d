import type { WholeCustomer } from '../../../../shared/directory/customers/export-lines.ts'
import { type Customer, live, present } from './state.ts'

/** Ids are the service's to make: those of what is new are taken from the table. */
export function learnIds(customer: Customer, { holders, projects }: WholeCustomer): void {
  for (const user of present(customer)) {
    user.id ||= holders.find((holder) => holder.user.email === user.email)?.user.id ?? ''
  }
  for (const project of live(customer)) {
    project.id ||= projects.find(({ name }) => name === project.name)?.id ?? ''
  }
}

/** Ids of everybody and everything that there has been. */
export function idsOf(customers: readonly Customer[]): Set<string> {
  return new Set(customers.flatMap(({ users, projects }) => [...users, ...projects].map(({ id }) => id)))
}
