import type { WholeCustomer } from '../../../shared/directory/customers/export-lines.ts'
import { asCustomer } from '../../../shared/records/customers.ts'
import { asGrant, grantKeyOf } from '../../../shared/records/grants.ts'
import { asProject } from '../../../shared/records/projects.ts'
import { asServer } from '../../../shared/records/servers.ts'
import { asUser } from '../../../shared/records/users.ts'
import { keys } from '../../../shared/table/keys.ts'
import type { Shadow } from '../../support/shadow.ts'

/** Everything of the customer that is there, as the items say. */
export function wholeOf(shadow: Shadow, c: string): WholeCustomer {
  const customer = asCustomer(shadow.get(keys.customer(c)))
  if (!customer) throw new Error(`there is no customer ${c}`)
  const items = shadow.all().filter(({ pk }) => `${pk}#`.startsWith(`C#${c}#`))
  const of = (prefix: string) => items.filter(({ sk }) => sk.startsWith(prefix))
  const grants = of('GRANT#').flatMap((item) => asGrant(item) ?? [])
  const users = of('USER').flatMap((item) => asUser(item) ?? [])
  return {
    customer,
    holders: users
      .filter(({ deleted }) => !deleted)
      .map((user) => {
        const own = grants.filter(({ userId }) => userId === user.id)
        return { user, grants: new Map(own.map((grant) => [grantKeyOf(grant.resource), grant])) }
      }),
    projects: of('PROJECT#')
      .flatMap((item) => asProject(item) ?? [])
      .filter(({ deleted }) => !deleted),
    servers: of('SERVER#')
      .flatMap((item) => asServer(item) ?? [])
      .filter(({ exists }) => exists),
  }
}
