import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays, addMilliseconds } from '../../../../shared/domain/values/instant.ts'
import {
  policyInForce,
  replacePolicy,
  transitionsOf,
} from '../../../../shared/reviews/policy/policy-in-force.ts'
import {
  defaultPolicy,
  type ReviewPolicy,
  unansweredChoices,
} from '../../../../shared/reviews/policy/review-policy.ts'
import type { ReviewSchedule } from '../../../../shared/reviews/policy/review-schedule.ts'
import { runs } from '../../../support/long.ts'
import { now } from '../review-parts.ts'

type Policies = Pick<ReviewSchedule, 'policy' | 'replaced'>
const on = (day: number) => addDays(now, day)

/** Policies set on these days, one after the other, after the default. */
function set(...changes: [day: number, change: Partial<ReviewPolicy>][]): Policies {
  let schedule: Policies = {}
  for (const [day, change] of changes)
    schedule = replacePolicy(schedule, { ...defaultPolicy, ...schedule.policy, ...change }, on(day))
  return schedule
}
const shareOn = (schedule: Policies, ...days: number[]) =>
  days.map((day) => policyInForce(schedule, on(day)).largestShare)

describe('a review goes by', () => {
  it('the default, where nobody has set anything', () => {
    expect(policyInForce({}, now)).toEqual(defaultPolicy)
    expect(transitionsOf({}, now)).toEqual([])
  })

  const loosened: [Partial<ReviewPolicy>, Partial<ReviewPolicy>][] = [
    [{ largestShare: 100 }, { largestShare: 20 }],
    [{ unanswered: 'revoke' }, { unanswered: 'recommendation' }],
    [
      { days: 1, reminders: [] },
      { days: 14, reminders: [7, 1] },
    ],
    [{ reminders: [] }, { reminders: [7, 1] }],
    [{ reminders: [3] }, { reminders: [7, 3, 1] }],
    [{ reviewers: ['project'] }, { reviewers: ['admins', 'project'] }],
  ]
  it.each(loosened)('the stricter policy for seven days after %j is set: %j', (change, before) => {
    const schedule = set([0, change])
    for (const time of [on(0), on(1), addMilliseconds(on(7), -1)])
      expect(policyInForce(schedule, time)).toEqual({ ...defaultPolicy, ...before })
    expect(policyInForce(schedule, on(7))).toEqual({ ...defaultPolicy, ...change })
    const [transition, ...more] = transitionsOf(schedule, on(1))
    expect([transition, more]).toEqual([expect.objectContaining({ ...before, until: on(7) }), []])
    expect(transitionsOf(schedule, on(7))).toEqual([])
  })

  const atOnce: Partial<ReviewPolicy>[] = [
    { largestShare: 5 },
    { unanswered: 'keep' },
    { days: 30 },
    { reminders: [7, 3, 1] },
    { reviewers: ['admins', 'project'] },
    { everyMonths: 1 },
    { everyMonths: 'never' },
    { scope: { origins: ['explicit'] } },
  ]
  it.each(atOnce)('a change that tightens, or takes no more, at once: %j', (change) => {
    const schedule = set([0, change])
    expect(policyInForce(schedule, on(0))).toEqual({ ...defaultPolicy, ...change })
    expect(transitionsOf(schedule, on(0))).toEqual([])
  })

  it('the stricter value of each field, if one is loosened and another tightened', () => {
    const schedule = set([0, { largestShare: 10, unanswered: 'revoke' }])
    const { largestShare, unanswered } = policyInForce(schedule, on(0))
    expect([largestShare, unanswered]).toEqual([10, 'recommendation'])
  })
})

describe('several changes within a week', () => {
  it('loosened, tightened, loosened: a week after the last one', () => {
    const schedule = set([0, { largestShare: 50 }], [3, { largestShare: 20 }], [4, { largestShare: 50 }])
    expect(shareOn(schedule, 4, 7, 10.9, 11)).toEqual([20, 20, 20, 50])
  })

  it('tightened and loosened again: back after a week', () => {
    expect(shareOn(set([0, { largestShare: 5 }], [1, { largestShare: 20 }]), 1, 7.9, 8)).toEqual([5, 5, 20])
  })

  it('loosened more and more: each change a week later', () => {
    const schedule = set([0, { largestShare: 30 }], [2, { largestShare: 60 }], [4, { largestShare: 90 }])
    expect(shareOn(schedule, 4, 7, 9, 11)).toEqual([20, 30, 60, 90])
    expect(transitionsOf(schedule, on(4)).map(({ until, largestShare }) => [until, largestShare])).toEqual([
      [on(7), 20],
      [on(9), 30],
      [on(11), 60],
    ])
  })

  it('set again unchanged: no delay', () => {
    const schedule = set([0, { largestShare: 50 }], [5, { everyMonths: 1 }], [6, {}])
    expect(shareOn(schedule, 6.9, 7)).toEqual([20, 50])
  })

  it('any number: at most ten are kept, and none counts sooner', () => {
    const changes = Array.from({ length: 200 }, (_, place) => [place / 1000, 20 + (place % 80)] as const)
    const schedule = set(...changes.map(([day, largestShare]) => [day, { largestShare }] as [number, object]))
    expect(schedule.replaced?.length).toBe(10)
    expect(JSON.stringify(schedule.replaced).length).toBeLessThan(4000)
    expect(shareOn(schedule, 0.2, 6.9)).toEqual([20, 20])
  })
})

describe('for any policies at any times', () => {
  const policies = fc.record({
    largestShare: fc.constantFrom(0, 5, 20, 50, 100),
    unanswered: fc.constantFrom(...unansweredChoices),
    days: fc.integer({ min: 1, max: 30 }),
    reviewers: fc.subarray(['admins', 'project', 'usr_1'], { minLength: 1 }),
    reminders: fc.subarray([7, 3, 1]),
  })
  const histories = fc.array(fc.tuple(fc.integer({ min: 0, max: 72 }), policies), {
    minLength: 1,
    maxLength: 9,
  })
  const harshness = { keep: 0, recommendation: 1, revoke: 2 }

  it('a review is as strict as each policy of the week before its start', () => {
    const property = fc.property(histories, fc.integer({ min: 0, max: 240 }), (steps, later) => {
      let hours = 0
      let schedule: Policies = {}
      const history: { hours: number; policy: ReviewPolicy }[] = [{ hours: -1e9, policy: defaultPolicy }]
      for (const [pause, change] of steps) {
        hours += pause
        const policy = { ...defaultPolicy, ...change }
        schedule = replacePolicy(schedule, policy, on(hours / 24))
        history.push({ hours, policy })
      }
      const start = hours + later
      // `until`: the end of the time in which it was the last one set.
      const ofTheWeek = history.filter((_each, place) => (history[place + 1]?.hours ?? 1e9) + 7 * 24 > start)
      const inForce = policyInForce(schedule, on(start / 24))
      const all = ofTheWeek.map(({ policy }) => policy)
      expect(inForce.largestShare).toBe(Math.min(...all.map(({ largestShare }) => largestShare)))
      expect(inForce.days).toBe(Math.max(...all.map(({ days }) => days)))
      const worst = Math.min(...all.map(({ unanswered }) => harshness[unanswered]))
      expect(harshness[inForce.unanswered]).toBe(worst)
      expect(new Set(inForce.reviewers)).toEqual(new Set(all.flatMap(({ reviewers }) => reviewers)))
      expect(new Set(inForce.reminders)).toEqual(new Set(all.flatMap(({ reminders }) => reminders)))
      expect(inForce.reminders).toEqual(inForce.reminders.toSorted((one, other) => other - one))
    })
    fc.assert(property, { numRuns: runs(2000), seed: 8 })
  })
})
