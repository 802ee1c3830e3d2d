import * as fc from 'fast-check'
import { expect, it, test } from 'vitest'
import { addDays, addMilliseconds } from '../../../../shared/domain/values/instant.ts'
import {
  allowanceOf,
  type Taken,
  takenBefore,
  withTaken,
} from '../../../../shared/reviews/policy/allowance.ts'
import { now } from '../review-parts.ts'

const on = (day: number) => addDays(now, day)

test.each([
  [9, 20, 0, 1],
  [9, 20, 1, 0],
  [9, 100, 0, 9],
  [4, 20, 0, 0],
  [10, 20, 5, 0],
  [1000, 0, 0, 0],
  [29, 7, 0, 2],
  [100_000, 20, 19_999, 1],
])('of %i grants with a share of %i %%, %i taken, %i more may be', (held, share, taken, expected) => {
  expect(allowanceOf(held, share, taken)).toBe(expected)
})

it('rounding never exceeds the share', () => {
  const property = fc.property(fc.nat(1_000_000), fc.integer({ min: 0, max: 100 }), (held, share) => {
    const most = allowanceOf(held, share, 0)
    expect([BigInt(most) * 100n <= BigInt(held * share), (most + 1) * 100 > held * share]).toEqual([
      true,
      true,
    ])
  })
  fc.assert(property, { numRuns: 1000, seed: 8 })
})

it('a revocation counts for thirty days', () => {
  const taken = withTaken([], 3, now)
  expect([now, on(1), on(30)].map((time) => takenBefore(taken, time))).toEqual([3, 3, 3])
  expect(takenBefore(taken, addMilliseconds(on(30), 1))).toBe(0)
})

it('a review that took nothing adds no entry, and old entries are dropped', () => {
  expect(withTaken([], 0, now)).toEqual([])
  expect(withTaken(withTaken([], 3, now), 0, on(31))).toEqual([])
})

it('any number of reviews makes one entry a day, and each counts for thirty days', () => {
  let taken: Taken[] = []
  for (let hour = 0; hour < 24 * 60; hour++) taken = withTaken(taken, 1, on(hour / 24))
  expect(taken.length).toBeLessThanOrEqual(31)
  expect(takenBefore(taken, on(60))).toBeGreaterThanOrEqual(30 * 24)
  expect(JSON.stringify(taken).length).toBeLessThan(2500)
})
