import { Moment, object, times, UserId } from '../routing/schema-types.ts'

export const Transfer = object('An offer of the ownership of a customer to one of its admins.', {
  to: UserId,
  offeredBy: UserId,
  expiresAt: Moment,
  ...times,
})
