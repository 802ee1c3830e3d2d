import { describe, expect, it, test } from 'vitest'
import { addMilliseconds } from '../../../../shared/domain/values/instant.ts'
import { nextRunAt, upcomingDeadlines } from '../../../../shared/reviews/model/lifecycle.ts'
import type { ReminderMark } from '../../../../shared/reviews/model/reminder.ts'
import { isUnderWay, type Review, reviewStates } from '../../../../shared/reviews/model/review.ts'
import { defaultPolicy } from '../../../../shared/reviews/policy/review-policy.ts'
import {
  nextStart,
  type ReviewSchedule,
  startedByClock,
} from '../../../../shared/reviews/policy/review-schedule.ts'
import { aReview, at, now } from '../review-parts.ts'

const marks = (review: Review) => upcomingDeadlines(review).map(({ mark }) => mark)
const done = (...names: ReminderMark[]) => names.map((mark) => ({ mark, at: now, told: 1 }))

describe('upcoming deadlines of an open review', () => {
  it('are its opening, each reminder, and its end', () => {
    expect(upcomingDeadlines(aReview())).toEqual([
      { at: now, mark: 'opened' },
      { at: at('2026-12-04', '09:00'), mark: '7d' },
      { at: at('2026-12-10', '09:00'), mark: '1d' },
      { at: at('2026-12-11', '09:00'), mark: 'end' },
    ])
  })

  it('are in order of time, in whatever order the policy has them', () => {
    const policy = { ...defaultPolicy, reminders: [1, 10, 3] }
    expect(marks(aReview({ policy }))).toEqual(['opened', '10d', '3d', '1d', 'end'])
  })

  it('leave out rounds that took place or were missed', () => {
    expect(marks(aReview({ reminded: done('opened', '7d') }))).toEqual(['1d', 'end'])
    const missed = done('opened', '7d').map((each) => ({ ...each, missed: true as const }))
    expect(marks(aReview({ reminded: missed }))).toEqual(['1d', 'end'])
    expect(marks(aReview({ reminded: done('opened', '7d', '1d') }))).toEqual(['end'])
  })

  it('are none before it has opened', () => {
    expect(marks(aReview({ openedAt: undefined, endsAt: undefined }))).toEqual([])
  })

  it('move with the end', () => {
    const [, reminder] = upcomingDeadlines(aReview({ endsAt: at('2026-12-21', '09:00') }))
    expect(reminder?.at).toBe(at('2026-12-14', '09:00'))
  })
})

test.each([
  ['opening', aReview({ state: 'opening' }), at('2026-12-01'), at('2026-12-01')],
  ['applying', aReview({ state: 'applying' }), at('2026-12-01'), at('2026-12-01')],
  ['open, not reminded', aReview(), at('2026-12-01'), now],
  ['open', aReview({ reminded: done('opened') }), at('2026-12-01'), at('2026-12-04', '09:00')],
  ['open, all reminded', aReview({ reminded: done('opened', '7d', '1d') }), now, at('2026-12-11', '09:00')],
])('the next run of a review that is %s', (_state, review, when, expected) => {
  expect(nextRunAt(review, when)).toBe(expected)
})

test('a review is under way until it is closed or cancelled', () => {
  const underWay = reviewStates.filter((state) => isUnderWay(aReview({ state })))
  expect(underWay).toEqual(['opening', 'open', 'applying'])
})

const starts = (schedule: ReviewSchedule, count: number, late = 0): string[] => {
  const start = addMilliseconds(nextStart(schedule) ?? '', late)
  const rest = count > 1 ? starts({ ...schedule, ...startedByClock(schedule, start) }, count - 1, late) : []
  return [start.slice(0, 16), ...rest]
}
const of = (since: string, everyMonths: number): ReviewSchedule => ({
  customerId: 'AAA000001',
  since: at(since, '23:59'),
  policy: { ...defaultPolicy, everyMonths },
})
const minutes = 60_000

describe('reviews that the clock repeats', () => {
  it.each([
    ['2026-05-31', 3, ['2026-08-31', '2026-11-30', '2027-02-28', '2027-05-31']],
    ['2026-08-30', 3, ['2026-11-30', '2027-02-28', '2027-05-30', '2027-08-30']],
    ['2027-12-31', 1, ['2028-01-31', '2028-02-29', '2028-03-31', '2028-04-30', '2028-05-31']],
    ['2024-02-29', 12, ['2025-02-28', '2026-02-28', '2027-02-28', '2028-02-29']],
    ['2026-02-28', 1, ['2026-03-28', '2026-04-28']],
  ])(
    'begin on the same day, from %s on every %i months, or on the last of a shorter month',
    (since, every, days) => {
      for (const late of [0, minutes, 1439 * minutes]) {
        const on = (day: string) => addMilliseconds(at(day, '23:59'), late).slice(0, 16)
        expect(starts(of(since, every), days.length, late)).toEqual(days.map(on))
      }
    },
  )

  it('keep the day when the policy changes', () => {
    const schedule = of('2026-08-31', 3)
    const started = { ...schedule, ...startedByClock(schedule, at('2026-11-30', '23:59')) }
    const monthly = { ...started, policy: { ...defaultPolicy, everyMonths: 1 } }
    expect(nextStart(monthly)).toBe(at('2026-12-31', '23:59'))
  })

  it('continue from the day of a start that was more than a day late', () => {
    const schedule = of('2026-08-31', 3)
    expect(nextStart({ ...schedule, ...startedByClock(schedule, at('2026-12-04')) })).toBe(at('2027-03-04'))
  })
})

test.each<[string, Partial<ReviewSchedule>, string | undefined]>([
  ['of the default, three months after the schedule began', {}, at('2026-02-28', '09:00')],
  ['three months after the clock last started one', { lastStartedAt: at('2026-08-31') }, at('2026-11-30')],
  ['of a policy', { policy: { ...defaultPolicy, everyMonths: 1 } }, at('2025-12-30', '09:00')],
  ['of the policy `never`', { policy: { ...defaultPolicy, everyMonths: 'never' } }, undefined],
])('the next start %s', (_name, change, expected) => {
  expect(nextStart({ customerId: 'AAA000001', since: at('2025-11-30', '09:00'), ...change })).toBe(expected)
})
