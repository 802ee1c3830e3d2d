import { expect, test } from 'vitest'
import type { Claim } from '../../../shared/domain/claim.ts'
import { claimedBy, holderAt, holderNow, lastReleased, released } from '../../../shared/domain/claim.ts'

const at = (hour: number) => `2026-08-21T${String(hour).padStart(2, '0')}:00:00.000000000Z#evt`
const first = claimedBy(undefined, 'one', at(2))
const free = released(first, 'one', at(5))
const again = claimedBy(free, 'two', at(8))
/** The later holder became known first. */
const mixed: Claim = {
  holders: [
    { id: 'two', from: at(8), until: at(9) },
    { id: 'one', from: at(2), until: at(5) },
  ],
}

test.each([
  ['nobody ever', undefined, 3, undefined],
  ['before its first holder', first, 1, 'one'],
  ['at the moment it is claimed', first, 2, 'one'],
  ['while it is held', first, 7, 'one'],
  ['before it was free', free, 4, 'one'],
  ['at the moment it becomes free', free, 5, 'one'],
  ['held by nobody now', free, 7, 'one'],
  ['of the first of two', again, 4, 'one'],
  ['of the first of two at the moment it is given up', again, 5, 'one'],
  ['between two, the next', again, 6, 'two'],
  ['of the second of two', again, 9, 'two'],
  ['of the first of two that became known late', mixed, 3, 'one'],
  ['between two that became known late', mixed, 6, 'two'],
  ['after both', mixed, 12, 'two'],
])('the holder %s', (_name, claim, hour, id) => {
  expect(holderAt(claim, at(hour))?.id).toBe(id)
})

test('who holds it now is who has not given it up', () => {
  expect([undefined, first, free, again, mixed].map((claim) => holderNow(claim)?.id)).toEqual([
    undefined,
    'one',
    undefined,
    'two',
    undefined,
  ])
})

test('the last release counts, whatever became known last', () => {
  expect([undefined, first, free, again, mixed].map(lastReleased)).toEqual(['', '', at(5), at(5), at(9)])
})

test('giving up ends only what that holder holds', () => {
  expect(released(again, 'one', at(9))).toEqual(again)
  expect(released(again, 'two', at(9)).holders).toEqual([
    { id: 'one', from: at(2), until: at(5) },
    { id: 'two', from: at(8), until: at(9) },
  ])
  expect(first.holders).toEqual([{ id: 'one', from: at(2) }])
})

test('the five latest holders are kept', () => {
  let claim: Claim | undefined
  for (let hour = 0; hour < 8; hour++) {
    claim = claimedBy(claim, `user ${hour}`, at(2 * hour))
    if (hour < 7) claim = released(claim, `user ${hour}`, at(2 * hour + 1))
  }
  expect(claim?.holders.map(({ id }) => id)).toEqual(['user 3', 'user 4', 'user 5', 'user 6', 'user 7'])
  expect(holderNow(claim)?.id).toBe('user 7')
})
