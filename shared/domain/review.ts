import type { Actor } from './actor.ts'
import type { Taken } from './allowance.ts'
import type { Instant } from './instant.ts'
import { addDays, dateOf } from './instant.ts'
import type { ReplacedPolicy, ReviewPolicy } from './review-policy.ts'
import { addMonths, defaultPolicy } from './review-policy.ts'
import type { Brake } from './settle.ts'

export const reviewStates = ['opening', 'open', 'applying', 'closed', 'cancelled'] as const
export type ReviewState = (typeof reviewStates)[number]

/** One look at a customer's grants: each becomes an item, and each item has one outcome in the end. */
export type Review = {
  id: string
  customerId: string
  state: ReviewState
  startedBy: Actor
  /** As it was at the start, with the scope of this review. */
  policy: ReviewPolicy
  startedAt: Instant
  /** When decisions could be made, and how many grants there were. */
  openedAt?: Instant | undefined
  items?: number | undefined
  /** Until when decisions can be made. */
  endsAt?: Instant | undefined
  /** Since when the customer is suspended, which stops the clock. */
  pausedAt?: Instant | undefined
  /** Occasions on which those who owed decisions were told so, or on which nobody did because the clock stood still. */
  reminded: readonly Occasion[]
  applyingAt?: Instant | undefined
  appliedBy?: Actor | undefined
  /** What became of the items that nobody had decided, in numbers. */
  brake?: Brake | undefined
  closedAt?: Instant | undefined
  cancelledAt?: Instant | undefined
  cancelledBy?: Actor | undefined
  cancelledBecause?: string | undefined
  /** How many items had each outcome. */
  outcomes?: Readonly<Record<string, number>> | undefined
}

/** `mark`: `opened`, or the days before the end as `7d`. */
export type Occasion = { mark: string; at: Instant; told: number; missed?: true | undefined }

/** True while a review is to be finished: a customer has one at most. */
export const isUnderWay = ({ state }: Review): boolean =>
  state === 'opening' || state === 'open' || state === 'applying'

/** A customer's reviews: what is wanted of them, which one is under way, and when the clock has to look. */
export type ReviewCalendar = {
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

export const policyOf = ({ policy }: Pick<ReviewCalendar, 'policy'>): ReviewPolicy => policy ?? defaultPolicy

/** When the clock starts the next review, if ever: the first one a whole period after the calendar was begun. */
export function nextStart(calendar: ReviewCalendar): Instant | undefined {
  const { everyMonths } = policyOf(calendar)
  if (everyMonths === 'never') return undefined
  return addMonths(calendar.lastStartedAt ?? calendar.since, everyMonths, startDayOf(calendar))
}

const startDayOf = ({ startDay, lastStartedAt, since }: ReviewCalendar): number =>
  startDay ?? dateOf(lastStartedAt ?? since).getUTCDate()

/** What the calendar keeps of a start by the clock, which is up to a minute late, and may come in the next month. */
export function startedByClock(
  calendar: ReviewCalendar,
  startedAt: Instant,
): Pick<ReviewCalendar, 'lastStartedAt' | 'startDay'> {
  const planned = nextStart(calendar)
  const isOnTime = planned !== undefined && planned <= startedAt && startedAt < addDays(planned, 1)
  if (!isOnTime) return { lastStartedAt: startedAt, startDay: undefined }
  return { lastStartedAt: planned, startDay: startDayOf(calendar) }
}

/** What the clock finds in an open review: an occasion to remind, by its mark, or its `end`. */
type Appointment = { at: Instant; mark: string }

/** Everything still to come in an open review, in order. */
export function appointments({ endsAt, policy, reminded, openedAt }: Review): Appointment[] {
  if (endsAt === undefined || openedAt === undefined) return []
  const done = new Set(reminded.map(({ mark }) => mark))
  const before = policy.reminders.map((days) => ({ at: addDays(endsAt, -days), mark: `${days}d` }))
  const all = [{ at: openedAt, mark: 'opened' }, ...before, { at: endsAt, mark: 'end' }]
  return all.filter(({ mark }) => !done.has(mark)).sort((one, other) => (one.at < other.at ? -1 : 1))
}

/** When the clock has to look at a review that is under way. */
export function nextLook(review: Review, now: Instant): Instant {
  if (review.state !== 'open') return now
  return appointments(review)[0]?.at ?? now
}
