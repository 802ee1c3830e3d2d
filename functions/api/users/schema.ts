import * as v from 'valibot'
import { customerStatuses } from '../../../shared/domain/entities/customer.ts'
import { userTypes } from '../../../shared/domain/entities/user-type.ts'
import { Grant } from '../grants/schema.ts'
import {
  Cursor,
  CustomerId,
  EmailAddress,
  etag,
  Line,
  locked,
  lockReason,
  Moment,
  Name,
  object,
  times,
  UserId,
} from '../routing/schema-types.ts'

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
