import type { Instant } from '../domain/values/instant.ts'

/** A user who has called the API with a token of their own. */
export type SeenUser = { customerId: string; userId: string }

/** A user was seen at that time. Only the first sighting of a day (UTC) is recorded: `lastSeenAt` is no more precise. */
export type Sighting = SeenUser & { at: Instant }

/** Message of the log line of a sighting; its `userId` is the user. */
export const seenMessage = 'a user was seen'

/** True if the user was seen on that day (UTC), or later. */
export const isSeenOn = (lastSeenAt: Instant | undefined, at: Instant): boolean =>
  lastSeenAt !== undefined && lastSeenAt >= startOfDay(at)

/** Start of the day (UTC). */
export const startOfDay = (at: Instant): Instant => `${at.slice(0, 10)}T00:00:00.000000000Z`
