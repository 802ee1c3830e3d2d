import { addDays, dateOf, type Instant } from '../../domain/values/instant.ts'
import type { Taken } from './allowance.ts'
import { addMonths, defaultPolicy, type ReplacedPolicy, type ReviewPolicy } from './review-policy.ts'

/** A customer's reviews: their policy, the one under way, and the worker's next run. */
export type ReviewSchedule = {
  customerId: string
  /** The policy as it was last set; absent: the default. */
  policy?: ReviewPolicy | undefined
  /** Earlier policies that were stricter in some field, oldest first, and may still count (`policy-in-force.ts`). */
  replaced?: readonly ReplacedPolicy[] | undefined
  policySetAt?: Instant | undefined
  policyChangedAt?: Instant | undefined
  /** Usage of rights is recorded from then on. */
  since: Instant
  /** Id of the review under way. */
  current?: string | undefined
  /** Grants that reviews took without a decision in the last thirty days, oldest first. */
  taken?: readonly Taken[] | undefined
  /** When the clock last started a review, or was to, up to a day before. */
  lastStartedAt?: Instant | undefined
  /** Day of the month, 1 to 31, on which the clock starts reviews, if the month has it; absent: that of the last start. */
  startDay?: number | undefined
  /** The worker's next run; absent: none. */
  due?: Instant | undefined
}

export const policyOf = ({ policy }: Pick<ReviewSchedule, 'policy'>): ReviewPolicy => policy ?? defaultPolicy

/** When the clock starts the next review, if ever; the first one a whole period after the schedule began. */
export function nextStart(schedule: ReviewSchedule): Instant | undefined {
  const { everyMonths } = policyOf(schedule)
  if (everyMonths === 'never') return undefined
  return addMonths(schedule.lastStartedAt ?? schedule.since, everyMonths, startDayOf(schedule))
}

const startDayOf = ({ startDay, lastStartedAt, since }: ReviewSchedule): number =>
  startDay ?? dateOf(lastStartedAt ?? since).getUTCDate()

/** Records a start by the clock. It is up to a minute late, maybe in the next month: the planned day is kept. */
export function startedByClock(
  schedule: ReviewSchedule,
  startedAt: Instant,
): Pick<ReviewSchedule, 'lastStartedAt' | 'startDay'> {
  const planned = nextStart(schedule)
  const isOnTime = planned !== undefined && planned <= startedAt && startedAt < addDays(planned, 1)
  if (!isOnTime) return { lastStartedAt: startedAt, startDay: undefined }
  return { lastStartedAt: planned, startDay: startDayOf(schedule) }
}
