import type { Asker } from '../../../shared/directory/list-readable.ts'
import type { OwnUser } from '../../../shared/directory/own-users.ts'
import { listOwnUsers } from '../../../shared/directory/own-users.ts'
import { decide } from '../../../shared/domain/decide.ts'
import { isMainMember } from '../../../shared/domain/main-project.ts'
import { actionsOn } from '../../../shared/domain/permission.ts'
import { visitOf } from '../authenticate.ts'
import type { ApiDeps } from '../deps.ts'
import { noteSeen } from '../note-seen.ts'
import { cursorFor } from '../paging.ts'
import { list } from '../reading.ts'
import { presentGrant } from '../representations/grant.ts'
import { presentUser } from '../representations/user.ts'
import { anyToken } from '../right.ts'
import type { Route } from '../route.ts'

export const meRoutes: readonly Route[] = [
  /** Everybody may always ask; a token that is nobody's is told so by an empty list. */
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
      const own = await listOwnUsers(visitOf(deps, c), principal, page)
      for (const { facts } of own.items) noteSeen(deps, facts.user)
      return own
    },
    show: ({ deps }, own) => presentOwnUser(deps, own),
  }),
]

function presentOwnUser(deps: ApiDeps, { facts, grants }: OwnUser) {
  const { customer, user, now } = facts
  if (!customer) throw new Error('a user is read with its customer')
  const { id, organisation, status } = customer
  return {
    customer: { id, organisation, status },
    user: presentUser(user, isMainMember(customer, user, now)),
    grants: grants.items.map((grant) => presentGrant(user, grant)),
    // Where a user holds more than fits in here: goes on at the user's grants.
    ...(grants.next && {
      nextGrantsCursor: cursorFor(deps, `/v1/customers/${id}/users/${user.id}/grants`, grants.next),
    }),
    permissions: effectivePermissions(facts, id),
  }
}

/** What the user may do to the customer as a whole, now. */
function effectivePermissions(facts: Asker, customerId: string): string[] {
  return [...actionsOn.customer].filter(
    (action) => decide(facts, action, { type: 'customer', id: customerId }).allowed,
  )
}
