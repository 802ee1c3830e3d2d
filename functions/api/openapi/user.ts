import * as v from 'valibot'
import { customerStatuses } from '../../../shared/domain/customer.ts'
import { userTypes } from '../../../shared/domain/user-type.ts'
import {
  Capability,
  Cursor,
  CustomerId,
  EmailAddress,
  GrantedBy,
  Line,
  locked,
  lockReason,
  Moment,
  object,
  ProjectId,
  Role,
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
  name: Line,
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
  reason: v.optional(Line),
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
  roles: v.array(Role),
  ...terms,
})
export const Assignment = object('A user at a server, with its capabilities.', {
  serverId: ServerId,
  hostname: Line,
  userId: UserId,
  email: EmailAddress,
  capabilities: v.array(Capability),
  ...terms,
})
export const Grant = v.pipe(v.union([Membership, Assignment]), v.description('What a user holds.'))

export const OwnUser = object('One of the users that the caller is, with what it may do there.', {
  customer: v.strictObject({ id: CustomerId, organisation: Line, status: v.picklist(customerStatuses) }),
  user: User,
  grants: v.array(Grant),
  nextGrantsCursor: v.pipe(
    v.optional(Cursor),
    v.description('Where it holds more: goes on at `/v1/customers/{c}/users/{u}/grants`.'),
  ),
  permissions: v.array(Line),
})
