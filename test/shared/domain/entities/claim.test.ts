import { expect, test } from 'vitest'
import {
  type Claim,
  claimedBy,
  claimedFrom,
  ended,
  holderAt,
  holderNow,
  lastGone,
  lastReleased,
  released,
} from '../../../../shared/domain/entities/claim.ts'

const at = (hour: number) => `2026-08-21T${String(hour).padStart(2, '0')}:00:00.000000000Z#evt`
const first = claimedBy(undefined, 'one', at(2))
const free = released(first, 'one', at(5))
const again = claimedBy(free, 'two', at(8))
const moved = claimedBy(undefined, 'one', at(2), true)
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
  ['held by nobody now', free, 7, undefined],
  ['of the first of two', again, 4, 'one'],
  ['of the first of two at the moment of its release', again, 5, 'one'],
  ['between two, the next', again, 6, 'two'],
  ['of the second of two', again, 9, 'two'],
  ['of the first of two that became known late', mixed, 3, 'one'],
  ['between two that became known late', mixed, 6, 'two'],
  ['after both', mixed, 12, undefined],
  ['before it came by a change of name', moved, 1, undefined],
  ['since it came by a change of name', moved, 2, 'one'],
])('the holder %s', (_name, claim, hour, id) => {
  expect(holderAt(claim, at(hour))?.id).toBe(id)
})

test('the present holder is the one who has not released it', () => {
  const ids = [undefined, first, free, again, mixed].map((claim) => holderNow(claim)?.id)
  expect(ids).toEqual([undefined, 'one', undefined, 'two', undefined])
})

test('the last release counts, whatever became known last', () => {
  expect([undefined, first, free, again, mixed].map(lastReleased)).toEqual(['', '', at(5), at(5), at(9)])
})

test('a release ends only the period of its holder', () => {
  expect(released(again, 'one', at(9))).toEqual(again)
  expect(released(again, 'two', at(9)).holders).toEqual([
    { id: 'one', from: at(2), until: at(5) },
    { id: 'two', from: at(8), until: at(9) },
  ])
  expect(first.holders).toEqual([{ id: 'one', from: at(2) }])
})

test('of holders that are gone one after the other only the last is kept, over all their time', () => {
  let claim: Claim | undefined
  for (let hour = 0; hour < 8; hour++) {
    claim = claimedBy(claim, `user ${hour}`, at(2 * hour))
    if (hour < 7) claim = ended(claim, `user ${hour}`, at(2 * hour + 1))
  }
  expect(claim?.holders).toEqual([
    { id: 'user 6', from: at(0), until: at(13), gone: true },
    { id: 'user 7', from: at(14) },
  ])
  expect(holderNow(claim)?.id).toBe('user 7')
  expect(lastGone(claim)?.id).toBe('user 6')
  expect([0, 3, 13].map((hour) => holderAt(claim, at(hour))?.id)).toEqual(['user 6', 'user 6', 'user 6'])
})

test('of holders that live on under another name fifty are kept', () => {
  let claim: Claim | undefined
  for (let count = 0; count < 60; count++) {
    const [from, until] = [`${String(count).padStart(3, '0')}#a`, `${String(count).padStart(3, '0')}#b`]
    claim = released(claimedBy(claim, `user ${count}`, from), `user ${count}`, until)
  }
  expect(claim?.holders.map(({ id }) => id)).toEqual(
    Array.from({ length: 50 }, (_, count) => `user ${count + 10}`),
  )
})

test('a holder that ends earlier than it left has held the name until then, and no other one since', () => {
  const left = released(first, 'one', at(7))
  expect(ended(left, 'one', at(5)).holders).toEqual([{ id: 'one', from: at(2), until: at(5), gone: true }])
  expect(ended(claimedBy(undefined, 'one', at(7), true), 'one', at(5)).holders).toEqual([])
  expect(ended(free, 'one', at(6)).holders).toEqual(free.holders)
})

test('an end drops older facts', () => {
  const status = (hour: number) => ({ status: { value: 'disabled', at: at(hour) } }) as const
  expect(ended({ ...first, unclaimed: status(4) }, 'one', at(5)).unclaimed).toBeUndefined()
  expect(ended({ ...first, unclaimed: status(6) }, 'one', at(5)).unclaimed).toEqual({
    ...status(6),
    types: [],
  })
})

test('a holder may turn out to have been there earlier', () => {
  expect(claimedFrom(again, 'two', at(6)).holders).toEqual([
    { id: 'one', from: at(2), until: at(5) },
    { id: 'two', from: at(6) },
  ])
})
