import { addMilliseconds, type Instant } from '../domain/values/instant.ts'

/** The run that works on an item, and until when no other run may. */
export type Lease = { id: string; until: Instant }

/** `duration` in milliseconds: long enough for the work, short enough to wait for after a crash. */
export const leaseFrom = (id: string, now: Instant, duration: number): Lease => ({
  id,
  until: addMilliseconds(now, duration),
})

export const isLeasedByOther = (lease: Lease | undefined, id: string, now: Instant): boolean =>
  lease !== undefined && lease.id !== id && lease.until > now

/** False from `margin` milliseconds before the end, so that a step that begins in time hardly outlives the lease. */
export const hasTime = ({ until }: Lease, now: Instant, margin: number): boolean =>
  addMilliseconds(now, margin) < until
