import { Hono } from 'hono'
import type { Asker } from '../../../shared/directory/list-readable.ts'
import type { OwnUser } from '../../../shared/directory/own-users.ts'
import { listOwnUsers } from '../../../shared/directory/own-users.ts'
import { decide } from '../../../shared/domain/decide.ts'
import { isMainMember } from '../../../shared/domain/main-project.ts'
import { actionsOn } from '../../../shared/domain/permission.ts'
import { visitOf } from '../authenticate.ts'
import type { ApiDeps, ApiEnv } from '../deps.ts'
import { cursorFor, pageOf } from '../paging.ts'
import { pageParameters, readQuery } from '../query.ts'
import { presentGrant } from '../representations/grant.ts'
import { presentUser } from '../representations/user.ts'

/** Who am I? Everybody may always ask; a token that is nobody's is told so by an empty list. */
export function meRoutes(deps: ApiDeps) {
  const routes = new Hono<ApiEnv>()

  routes.get('/', async (c) => {
    const page = pageOf(deps, c, readQuery(c, pageParameters))
    const principal = c.get('principal')
    if (principal.kind !== 'login') return c.json({ items: [] })
    const own = await listOwnUsers(visitOf(deps, c), principal, page)
    return c.json(page.present(own, (user) => presentOwnUser(deps, user)))
  })

  return routes
}

function presentOwnUser(deps: ApiDeps, { facts, grants }: OwnUser) {
  const { customer, user, now } = facts
  if (!customer) throw new Error('a user is read with its customer')
  const { id, organisation, status } = customer
  const mainMember = isMainMember(customer, user, facts.grants.get('project/main'), now)
  return {
    customer: { id, organisation, status },
    user: presentUser(user, mainMember),
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
