import { addDays, dateOf, type Instant } from '../../domain/values/instant.ts'
import type { Taken } from './allowance.ts'
import { addMonths, defaultPolicy, type ReplacedPolicy, type ReviewPolicy } from './review-policy.ts'

/** A customer's reviews: what is wanted of them, which one is under way, and when the clock has to look. */
export type ReviewSchedule = {
  customerId: string
  /** As it was last set; absent: the default. */
  policy?: ReviewPolicy | undefined
  /** Policies before it that were stricter in something, the oldest first: they may count still (`policy-in-force.ts`). */
  replaced?: readonly ReplacedPolicy[] | undefined
  policySetAt?: Instant | undefined
  policyChangedAt?: Instant | undefined
  /** From when on uses of rights are taken to be known. */
  since: Instant
  /** Id of the review under way. */
  current?: string | undefined
  /** What reviews took without a decision in the last thirty days, the oldest first. */
  taken?: readonly Taken[] | undefined
  /** When the clock last started one, or was to, up to a day before. */
  lastStartedAt?: Instant | undefined
  /** Day of the month on which it starts them where the month has it, 1 to 31; absent: that of the last start. */
  startDay?: number | undefined
  /** When the clock has to look again; absent: never. */
  due?: Instant | undefined
}

export const policyOf = ({ policy }: Pick<ReviewSchedule, 'policy'>): ReviewPolicy => policy ?? defaultPolicy

/** When the clock starts the next review, if ever: the first one a whole period after the calendar was begun. */
export function nextStart(schedule: ReviewSchedule): Instant | undefined {
  const { everyMonths } = policyOf(schedule)
  if (everyMonths === 'never') return undefined
  return addMonths(schedule.lastStartedAt ?? schedule.since, everyMonths, startDayOf(schedule))
}

const startDayOf = ({ startDay, lastStartedAt, since }: ReviewSchedule): number =>
  startDay ?? dateOf(lastStartedAt ?? since).getUTCDate()

/** What the calendar keeps of a start by the clock, which is up to a minute late, and may come in the next month. */
export function startedByClock(
  schedule: ReviewSchedule,
  startedAt: Instant,
): Pick<ReviewSchedule, 'lastStartedAt' | 'startDay'> {
  const planned = nextStart(schedule)
  const isOnTime = planned !== undefined && planned <= startedAt && startedAt < addDays(planned, 1)
  if (!isOnTime) return { lastStartedAt: startedAt, startDay: undefined }
  return { lastStartedAt: planned, startDay: startDayOf(schedule) }
}
