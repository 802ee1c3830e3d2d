import * as v from 'valibot'
import type { AllowReason } from '../../../shared/domain/decide.ts'
import { customerStatuses } from '../../../shared/domain/customer.ts'
import { userTypes } from '../../../shared/domain/user-type.ts'
import {
  Capabilities,
  CapabilityNames,
  Cursor,
  CustomerId,
  EmailAddress,
  GrantedBy,
  Line,
  lineOf,
  locked,
  lockReason,
  Moment,
  Name,
  object,
  ProjectId,
  Remark,
  Roles,
  ServerId,
  source,
  times,
  UserId,
  etag,
} from './vocabulary.ts'

export const User = object('A person who may do something at a customer; the login is linked to it.', {
  id: UserId,
  customerId: CustomerId,
  email: EmailAddress,
  name: Name,
  type: v.picklist(userTypes),
  status: v.picklist(['active', 'disabled']),
  locked,
  lockReason,
  mainMember: v.pipe(
    v.boolean(),
    v.description('In the Main project now, so that the Interface can be reached.'),
  ),
  loginLinked: v.boolean(),
  lastSeenAt: v.optional(Moment),
  ...times,
  etag,
})

const terms = {
  source,
  grantedBy: v.optional(GrantedBy),
  grantedAt: Moment,
  expiresAt: v.optional(Moment),
  reason: v.optional(Remark),
  locked: v.optional(locked),
  lockReason,
  ...times,
  etag,
}
export const Membership = object('A user in a project, with its roles.', {
  projectId: ProjectId,
  projectName: Line,
  userId: UserId,
  email: EmailAddress,
  roles: Roles,
  ...terms,
})
export const Assignment = object('A user at a server, with its capabilities.', {
  serverId: ServerId,
  hostname: lineOf(253),
  userId: UserId,
  email: EmailAddress,
  capabilities: Capabilities,
  ...terms,
})
export const Grant = v.pipe(v.union([Membership, Assignment]), v.description('What a user holds.'))

const allowed = { owner: true, type: true, membership: true, assignment: true, self: true } satisfies Record<
  AllowReason,
  true
>

export const Access = object('What a user may do in effect, to the account, a project or a server.', {
  resource: v.strictObject({ type: v.picklist(['customer', 'project', 'server']), id: Line, name: Line }),
  roles: v.pipe(
    v.optional(Roles),
    v.description(
      'In an OpenStack project: what the permissions come to; none where it can only be managed.',
    ),
  ),
  capabilities: v.pipe(
    v.optional(Capabilities),
    v.description('At a server: all of them for who needs no assignment.'),
  ),
  rights: v.array(
    v.strictObject({
      permissions: v.array(Line),
      reason: v.strictObject({
        code: v.picklist(Object.keys(allowed)),
        grant: v.optional(Line),
        roles: v.optional(Roles),
        capabilities: v.optional(CapabilityNames),
      }),
      expiresAt: v.pipe(v.optional(Moment), v.description('When they end by themselves.')),
    }),
  ),
})

export const OwnUser = object('One of the users that the caller is, with what it may do there.', {
  customer: v.strictObject({ id: CustomerId, organisation: Name, status: v.picklist(customerStatuses) }),
  user: User,
  grants: v.array(Grant),
  nextGrantsCursor: v.pipe(
    v.optional(Cursor),
    v.description('Where it holds more: goes on at `/v1/customers/{c}/users/{u}/grants`.'),
  ),
  permissions: v.array(Line),
})

export const MailPreference = object('Whether messages go to an address.', {
  email: EmailAddress,
  optedOut: v.pipe(v.boolean(), v.description('True: none is sent there, whoever has something to say.')),
})
