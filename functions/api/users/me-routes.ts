import type { Caller } from '../../../shared/directory/facts/list-readable.ts'
import { listOwnUsers, type OwnUser } from '../../../shared/directory/logins/list-own-users.ts'
import { decide } from '../../../shared/domain/access/decide.ts'
import { isMainMember } from '../../../shared/domain/access/main-project.ts'
import { actionsOn } from '../../../shared/domain/access/permissions.ts'
import { anyToken } from '../authorization/access-rule.ts'
import { loginContextOf } from '../authorization/authenticate.ts'
import type { ApiDeps } from '../authorization/deps.ts'
import { recordSeen } from '../../../shared/usage/record-usage.ts'
import { presentGrant } from '../grants/resource.ts'
import { cursorFor } from '../routing/query.ts'
import { list } from '../routing/read-routes.ts'
import type { Route } from '../routing/route.ts'
import type { Representation } from '../schemas.ts'
import { presentUser } from './resource.ts'

export const meRoutes: readonly Route[] = [
  /** Open to every token; the list is empty for one that belongs to no user. */
  list({
    path: '/v1/me',
    id: 'whoAmI',
    summary: 'Who am I? Users of the login, with types, grants and effective permissions per customer',
    right: anyToken,
    query: {},
    schema: 'ownUser',
    find: async ({ deps, c }, page) => {
      const principal = c.get('principal')
      if (principal.kind !== 'login') return { items: [] }
      const own = await listOwnUsers(loginContextOf(deps, c), principal, page)
      for (const { facts } of own.items) recordSeen(deps, facts.user)
      return own
    },
    show: ({ deps }, own) => presentOwnUser(deps, own),
  }),
]

function presentOwnUser(deps: ApiDeps, { facts, grants }: OwnUser): Representation<'ownUser'> {
  const { customer, user, now } = facts
  if (!customer) throw new Error('a user is read with its customer')
  const { id, organisation, status } = customer
  return {
    customer: { id, organisation, status },
    user: presentUser(user, isMainMember(customer, user, now)),
    grants: grants.items.map((grant) => presentGrant(user, grant)),
    // The list of grants goes on at this cursor where a user holds more than fit in here.
    ...(grants.next && {
      nextGrantsCursor: cursorFor(deps, `/v1/customers/${id}/users/${user.id}/grants`, grants.next),
    }),
    permissions: effectivePermissions(facts, id),
  }
}

/** Permissions of the user on the customer as a whole, now. */
function effectivePermissions(facts: Caller, customerId: string): string[] {
  return [...actionsOn.customer].filter(
    (action) => decide(facts, action, { type: 'customer', id: customerId }).allowed,
  )
}
