import type { Instant } from '../domain/values/instant.ts'

/** A user who has used a token of their own. */
export type SeenUser = { customerId: string; userId: string }

/** A user was seen then. Recorded for the first time on a calendar day in UTC only: `lastSeenAt` is as coarse as that. */
export type Sighting = SeenUser & { at: Instant }

/** The message of the log line that tells of a sighting, with the user's id as its `userId`. */
export const seenMessage = 'a user was seen'

/** True if the user was seen on the day of that moment, or later. */
export const isSeenOn = (lastSeenAt: Instant | undefined, at: Instant): boolean =>
  lastSeenAt !== undefined && lastSeenAt >= startOfDay(at)

/** The first moment of the moment's day. */
export const startOfDay = (at: Instant): Instant => `${at.slice(0, 10)}T00:00:00.000000000Z`
