import { addDays, type Instant } from '../../domain/values/instant.ts'

/** Days over which it is added up what a customer's reviews took without a decision. */
export const allowanceDays = 30

/** How many grants lost something without a decision by a time: all that reviews which closed on that day took so. */
export type Taken = { at: Instant; count: number }

const counts = ({ at }: Taken, now: Instant): boolean => addDays(at, allowanceDays) >= now

/** How many reviews took in the thirty days before. */
export const takenBefore = (taken: readonly Taken[], now: Instant): number =>
  taken.filter((each) => counts(each, now)).reduce((sum, { count }) => sum + count, 0)

/**
 * How many more may lose something, of so many that are held now: whole ones, so that rounding never exceeds the share
 * (percent), and none where more was taken than is allowed now.
 */
export const allowanceOf = (held: number, share: number, taken: number): number =>
  Math.max(0, Math.floor((held * share) / 100) - taken)

/**
 * With what a review took that closes now, without what is too old to count. There is one entry a day, as late as the last
 * of it: at most 31 of them, however many reviews there are.
 */
export function withTaken(taken: readonly Taken[], count: number, now: Instant): Taken[] {
  const counting = taken.filter((each) => counts(each, now))
  if (count === 0) return counting
  const isToday = ({ at }: Taken) => at.slice(0, 10) === now.slice(0, 10)
  const today = counting.filter(isToday).reduce((sum, each) => sum + each.count, count)
  return [...counting.filter((each) => !isToday(each)), { at: now, count: today }]
}
