import { addDays, type Instant } from '../../domain/values/instant.ts'

/** Days over which revocations without a decision add up. */
const allowanceDays = 30

/** Grants that lost something without a decision, by all reviews closed on one day; `at`: when the last of them closed. */
export type Taken = { at: Instant; count: number }

const counts = ({ at }: Taken, now: Instant): boolean => addDays(at, allowanceDays) >= now

/** Grants that reviews took in the thirty days before. */
export const takenBefore = (taken: readonly Taken[], now: Instant): number =>
  taken.filter((each) => counts(each, now)).reduce((sum, { count }) => sum + count, 0)

/**
 * How many more of the grants held now may lose something, with a share in percent. Rounds down, so that the share is never
 * exceeded; none where more was taken already.
 */
export const allowanceOf = (held: number, share: number, taken: number): number =>
  Math.max(0, Math.floor((held * share) / 100) - taken)

/**
 * Adds the grants that a review took which closes now, and drops entries too old to count. There is one entry a day, with the
 * day's last time: at most 31, however many reviews there are.
 */
export function withTaken(taken: readonly Taken[], count: number, now: Instant): Taken[] {
  const counting = taken.filter((each) => counts(each, now))
  if (count === 0) return counting
  const isToday = ({ at }: Taken) => at.slice(0, 10) === now.slice(0, 10)
  const today = counting.filter(isToday).reduce((sum, each) => sum + each.count, count)
  return [...counting.filter((each) => !isToday(each)), { at: now, count: today }]
}
