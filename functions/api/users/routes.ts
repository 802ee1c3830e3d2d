import * as v from 'valibot'
import { listAccess } from '../../../shared/directory/facts/list-access.ts'
import { findGrants } from '../../../shared/directory/grants/list-user-grants.ts'
import { unlinkLogin } from '../../../shared/directory/logins/unlink-login.ts'
import { changeUserType } from '../../../shared/directory/users/change-user-type.ts'
import { createUser } from '../../../shared/directory/users/create-user.ts'
import { deleteUser } from '../../../shared/directory/users/delete-user.ts'
import { findUsers } from '../../../shared/directory/users/find-users.ts'
import { updateUser } from '../../../shared/directory/users/update-user.ts'
import { isMainMember, mainProjectOf } from '../../../shared/domain/access/main-project.ts'
import { AssignableType, UserType } from '../../../shared/domain/entities/user-type.ts'
import { Email } from '../../../shared/domain/text/email.ts'
import { SearchText } from '../../../shared/domain/text/search-text.ts'
import { PersonName } from '../../../shared/domain/text/text.ts'
import { inviteUser } from '../../../shared/mail/invite-user.ts'
import { findUserWithGrants } from '../../../shared/records/users.ts'
import { requires } from '../authorization/access-rule.ts'
import { customerOf, userOf } from '../authorization/request-context.ts'
import { action, create, remove, update } from '../changes/change-routes.ts'
import { noBody } from '../changes/read-request.ts'
import { presentAccess } from '../grants/access-resource.ts'
import { grantFilters } from '../grants/filters.ts'
import { presentGrant } from '../grants/resource.ts'
import { ProjectIds, someOf, strictObject } from '../routing/body-schema.ts'
import { list, read } from '../routing/read-routes.ts'
import type { Route } from '../routing/route.ts'
import { presentUser, userResource } from './resource.ts'

const users = '/v1/customers/{c}/users'
const path = `${users}/{u}`
const kind = v.picklist(['project', 'server'], 'must be project or server')
const status = v.picklist(['active', 'disabled'], 'must be active or disabled')

export const userRoutes: readonly Route[] = [
  list({
    path: users,
    id: 'listUsers',
    summary: 'Users, by e-mail address',
    right: requires('user.read'),
    query: {
      type: v.optional(UserType),
      status: v.optional(status),
      email: v.optional(Email),
      name: v.optional(SearchText),
    },
    etags: true,
    schema: 'user',
    find: ({ filters, ...call }, page) => findUsers(call.deps.table, customerOf(call).id, filters, page),
    show: (call, user) => presentUser(user, isMainMember(customerOf(call), user, call.now)),
  }),
  create({
    path: users,
    id: 'createUser',
    summary:
      'Invite a user: the first login with this verified e-mail address within 30 days is linked to it',
    right: requires('user.manage'),
    body: strictObject({
      email: Email,
      name: PersonName,
      type: AssignableType,
      main: v.optional(v.boolean()),
    }),
    shows: userResource,
    at: (_call, { customerId, id }) => `/v1/customers/${customerId}/users/${id}`,
    plan: ({ context, body, ...call }) => createUser(context, { customerId: customerOf(call).id, ...body }),
  }),
  read({
    path,
    id: 'readUser',
    summary: 'A user; everybody may read itself',
    right: requires('user.read', 'user'),
    of: userResource,
  }),
  update({
    method: 'patch',
    path,
    id: 'updateUser',
    summary: 'Rename, change the e-mail address (which invites again), disable or enable',
    right: requires('user.manage', 'user'),
    of: userResource,
    body: someOf({ name: v.optional(PersonName), email: v.optional(Email), status: v.optional(status) }),
    plan: ({ context, body }, user) => updateUser(context, user, body),
  }),
  remove({
    path,
    id: 'deleteUser',
    summary: 'Delete a user: powerless at once, its e-mail address is free',
    right: requires('user.manage', 'user'),
    of: userResource,
    ifMatch: 'required',
    plan: ({ context }, user) => deleteUser(context, user),
  }),
  remove({
    path: `${path}/login`,
    id: 'unlinkLogin',
    summary: "Unlink the login; an operator does it for the main-customer's",
    right: requires('user.manage', 'user'),
    of: userResource,
    plan: ({ context }, user) => unlinkLogin(context, user),
  }),
  action({
    path: `${path}/invite`,
    id: 'inviteUser',
    summary:
      'Invite again: for another 30 days a login may be linked; three times, then the address has to change',
    right: requires('user.manage', 'user'),
    of: userResource,
    body: noBody,
    plan: ({ context }, user) => inviteUser(context, user),
  }),
  update({
    method: 'put',
    path: `${path}/type`,
    id: 'changeUserType',
    summary: 'Change the type: what comes with a type goes with it, unless it is named to be kept',
    right: requires('user.manage', 'user'),
    of: userResource,
    ifMatch: 'required',
    body: strictObject({
      type: AssignableType,
      keep: v.optional(ProjectIds),
      joinExisting: v.optional(v.boolean()),
    }),
    plan: ({ context, body }, user) => changeUserType(context, user, body),
  }),
  list({
    path: `${path}/grants`,
    id: 'listGrants',
    summary: 'Everything a user holds, stored or by its type',
    right: requires('user.read', 'user'),
    query: { kind: v.optional(kind), name: v.optional(SearchText), ...grantFilters },
    etags: true,
    schema: 'grant',
    find: async ({ filters, ...call }, page) => {
      const [customer, user] = [customerOf(call), userOf(call)]
      const { grants } = await findUserWithGrants(call.deps.table, customer.id, user.id)
      return findGrants(call.deps.table, customer, { user, grants }, filters, page)
    },
    show: (call, grant) => presentGrant(userOf(call), grant),
  }),
  list({
    path: `${path}/access`,
    id: 'listAccess',
    summary: 'What a user may do in effect and why: the account, then the projects, then the servers',
    right: requires('user.read', 'user'),
    query: {},
    schema: 'access',
    find: async (call, page) => {
      const { deps, now } = call
      const [customer, user] = [customerOf(call), userOf(call)]
      const { grants } = await findUserWithGrants(deps.table, customer.id, user.id)
      const main = mainProjectOf(customer)
      return listAccess(
        deps.table,
        { now, customer, user, grants, main, resource: undefined },
        customer.id,
        page,
      )
    },
    show: (call, access) => presentAccess(customerOf(call), access),
  }),
]
