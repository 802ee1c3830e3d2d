import * as v from 'valibot'
import { changeUserType } from '../../../shared/directory/change-user-type.ts'
import { createUser } from '../../../shared/directory/create-user.ts'
import { deleteUser } from '../../../shared/directory/delete-user.ts'
import { findUsers } from '../../../shared/directory/find-users.ts'
import { listGrants } from '../../../shared/directory/list-grants.ts'
import { unlinkLogin } from '../../../shared/directory/unlink-login.ts'
import { updateUser } from '../../../shared/directory/update-user.ts'
import { Email } from '../../../shared/domain/email.ts'
import { isMainMember } from '../../../shared/domain/main-project.ts'
import { PersonName } from '../../../shared/domain/text.ts'
import { AssignableType, UserType } from '../../../shared/domain/user-type.ts'
import { findUserWithGrants } from '../../../shared/table/users.ts'
import { ProjectIds } from '../bodies.ts'
import { customerOf, userOf } from '../call.ts'
import { create, remove, update } from '../changing/routes.ts'
import { list, read } from '../reading.ts'
import { presentGrant } from '../representations/grant.ts'
import { presentUser } from '../representations/user.ts'
import { may } from '../right.ts'
import type { Route } from '../route.ts'
import { someOf, strictObject } from '../strict-object.ts'
import { theUser } from '../subjects/user.ts'

const users = '/v1/customers/{c}/users'
const path = `${users}/{u}`
const status = v.picklist(['active', 'disabled'], 'must be active or disabled')

export const userRoutes: readonly Route[] = [
  list({
    path: users,
    id: 'listUsers',
    summary: 'Users, by e-mail address',
    right: may('user.read'),
    query: { type: v.optional(UserType), status: v.optional(status), email: v.optional(Email) },
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
    right: may('user.manage'),
    body: strictObject({
      email: Email,
      name: PersonName,
      type: AssignableType,
      main: v.optional(v.boolean()),
    }),
    shows: theUser,
    at: (_call, { customerId, id }) => `/v1/customers/${customerId}/users/${id}`,
    plan: ({ acting, body, ...call }) => createUser(acting, { customerId: customerOf(call).id, ...body }),
  }),
  read({
    path,
    id: 'readUser',
    summary: 'A user; everybody may read itself',
    right: may('user.read', 'user'),
    of: theUser,
  }),
  update({
    method: 'patch',
    path,
    id: 'updateUser',
    summary: 'Rename, change the e-mail address (which invites again), disable or enable',
    right: may('user.manage', 'user'),
    of: theUser,
    body: someOf({ name: v.optional(PersonName), email: v.optional(Email), status: v.optional(status) }),
    plan: ({ acting, body }, user) => updateUser(acting, user, body),
  }),
  remove({
    path,
    id: 'deleteUser',
    summary: 'Delete a user: powerless at once, its e-mail address is free',
    right: may('user.manage', 'user'),
    of: theUser,
    ifMatch: 'required',
    plan: ({ acting }, user) => deleteUser(acting, user),
  }),
  remove({
    path: `${path}/login`,
    id: 'unlinkLogin',
    summary: "Unlink the login; an operator does it for the main-customer's",
    right: may('user.manage', 'user'),
    of: theUser,
    plan: ({ acting }, user) => unlinkLogin(acting, user),
  }),
  update({
    method: 'put',
    path: `${path}/type`,
    id: 'changeUserType',
    summary: 'Change the type: what comes with a type goes with it, unless it is named to be kept',
    right: may('user.manage', 'user'),
    of: theUser,
    ifMatch: 'required',
    body: strictObject({
      type: AssignableType,
      keep: v.optional(ProjectIds),
      joinExisting: v.optional(v.boolean()),
    }),
    plan: ({ acting, body }, user) => changeUserType(acting, user, body),
  }),
  list({
    path: `${path}/grants`,
    id: 'listGrants',
    summary: 'Everything a user holds, stored or by its type',
    right: may('user.read', 'user'),
    query: {},
    etags: true,
    schema: 'grant',
    find: async (call, page) => {
      const [customer, user] = [customerOf(call), userOf(call)]
      const { grants } = await findUserWithGrants(call.deps.table, customer.id, user.id)
      return listGrants(call.deps.table, customer, { user, grants }, page)
    },
    show: (call, grant) => presentGrant(userOf(call), grant),
  }),
]
