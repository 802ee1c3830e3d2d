import { Hono } from 'hono'
import * as v from 'valibot'
import { findUsers } from '../../../shared/directory/find-users.ts'
import { listGrants } from '../../../shared/directory/list-grants.ts'
import { listMainMembers } from '../../../shared/directory/list-main-members.ts'
import { Email } from '../../../shared/domain/email.ts'
import { instantOf } from '../../../shared/domain/instant.ts'
import { UserType } from '../../../shared/domain/user-type.ts'
import { respondWithEtag } from '../../../shared/http/etag.ts'
import { findUserWithGrants } from '../../../shared/table/users.ts'
import type { Guards } from '../authorize.ts'
import type { Access, ApiDeps, ApiEnv } from '../deps.ts'
import { pageOf } from '../paging.ts'
import { pageParameters, readQuery } from '../query.ts'
import { presentGrant } from '../representations/grant.ts'
import { presentUser } from '../representations/user.ts'

const filters = {
  type: v.optional(UserType),
  status: v.optional(v.picklist(['active', 'disabled'], 'must be active or disabled')),
  email: v.optional(Email),
}

export function userRoutes(deps: ApiDeps, { may }: Guards) {
  const { table, now } = deps
  const routes = new Hono<ApiEnv>()

  routes.get('/', may('user.read'), async (c) => {
    const query = readQuery(c, { ...filters, ...pageParameters })
    const page = pageOf(deps, c, query)
    const { customer } = c.get('access')
    const users = await findUsers(table, customer.id, query, page)
    const members = await listMainMembers(table, customer, users.items, instantOf(now()))
    return c.json(page.present(users, (user) => presentUser(user, members.has(user.id))))
  })

  routes.get('/:u', may('user.read', 'user'), async (c) => {
    readQuery(c, {})
    const { customer } = c.get('access')
    const user = userOf(c.get('access'))
    const members = await listMainMembers(table, customer, [user], instantOf(now()))
    return respondWithEtag(c, presentUser(user, members.has(user.id)))
  })

  routes.get('/:u/grants', may('user.read', 'user'), async (c) => {
    const page = pageOf(deps, c, readQuery(c, pageParameters))
    const { customer } = c.get('access')
    const user = userOf(c.get('access'))
    const { grants } = await findUserWithGrants(table, customer.id, user.id)
    const held = await listGrants(table, customer, { user, grants }, page)
    return c.json(page.present(held, (grant) => presentGrant(user, grant)))
  })

  return routes
}

function userOf({ resource }: Access) {
  if (resource?.type !== 'user') throw new Error('the route is not about a user')
  return resource.user
}
