import { addMilliseconds, type Instant } from '../domain/values/instant.ts'

/** Who is at something, and until when nobody else may be. */
export type Lease = { id: string; until: Instant }

/** Milliseconds: long enough for many steps, short enough to wait for after a crash. */
const leaseTime = 120_000
/** No step begins this close to the end, so that hardly one comes after it; who sees that one did, says so. */
const margin = 60_000

export const leaseFrom = (id: string, now: Instant): Lease => ({ id, until: addMilliseconds(now, leaseTime) })

export const isLeasedByOther = (run: Lease | undefined, id: string, now: Instant): boolean =>
  run !== undefined && run.id !== id && run.until > now

/** Whether there's time for another step. */
export const hasTime = ({ until }: Lease, now: Instant): boolean => addMilliseconds(now, margin) < until
