import { expect, test } from 'vitest'
import type { Actor } from '../../../../shared/domain/values/actor.ts'
import { DomainError } from '../../../../shared/domain/values/errors.ts'
import * as lifecycle from '../../../../shared/reviews/model/lifecycle.ts'
import { type Review, reviewStates } from '../../../../shared/reviews/model/review.ts'
import { aCustomer, aReview, at, now, stamp } from '../review-parts.ts'

const actor: Actor = { kind: 'user', id: 'usr_1' }
const later = at('2026-11-30', '09:00')
const cap = { population: 1, limit: 0, candidates: 0 }

const transitions: Record<string, [from: Review['state'][], to: string, move: (review: Review) => Review]> = {
  open: [['opening'], 'open', (review) => lifecycle.open(review, 7, later)],
  pause: [['open'], 'open', (review) => lifecycle.pause(review, aCustomer(), later)],
  resume: [['open'], 'open', (review) => lifecycle.resume({ ...review, pausedAt: now }, later)],
  remind: [
    ['open'],
    'open',
    (review) => lifecycle.remind(review, { mark: '1d', told: 2, missed: ['7d'] }, now),
  ],
  miss: [['open'], 'open', (review) => lifecycle.missReminders(review, ['7d'], later)],
  apply: [['open'], 'applying', (review) => lifecycle.apply(review, actor, later)],
  setCap: [['applying'], 'applying', (review) => lifecycle.setCap(review, cap)],
  close: [['applying'], 'closed', (review) => lifecycle.close(review, { kept: 1 }, later)],
  cancel: [['opening', 'open'], 'cancelled', (review) => lifecycle.cancel(review, actor, later, 'a mistake')],
}

/** The state after the transition, or the code of its error. */
function after(move: (review: Review) => Review, state: Review['state']): string {
  try {
    return move(aReview({ state })).state
  } catch (error) {
    return error instanceof DomainError ? error.code : 'another error'
  }
}

test.each(Object.entries(transitions))(
  '%s has its states, and is a conflict in others',
  (_name, transition) => {
    const [from, to, move] = transition
    const expected = reviewStates.map((state) => (from.includes(state) ? to : 'conflict'))
    expect(reviewStates.map((state) => after(move, state))).toEqual(expected)
  },
)

test('opening starts the time for decisions', () => {
  const opened = lifecycle.open(aReview({ state: 'opening', openedAt: undefined, endsAt: undefined }), 7, now)
  expect(opened).toMatchObject({ items: 7, openedAt: now, endsAt: at('2026-12-11', '09:00') })
})

test.each([
  ['of before the opening at the opening', '2026-11-01', now],
  ['of since then at its start', '2026-11-28', at('2026-11-28')],
  ['of the future now', '2026-12-05', later],
])('a suspension %s pauses', (_name, day, expected) => {
  const { stamps } = aCustomer()
  const customer = aCustomer({ stamps: { ...stamps, status: stamp(day) } })
  expect(lifecycle.pause(aReview(), customer, later).pausedAt).toBe(expected)
})

test('resuming moves the end by the pause', () => {
  const resumed = lifecycle.resume(aReview({ pausedAt: now }), later)
  expect(resumed).toMatchObject({ pausedAt: undefined, endsAt: at('2026-12-14', '09:00') })
})

test('missed rounds come before the one that takes place', () => {
  const { reminded } = lifecycle.remind(aReview(), { mark: '1d', told: 2, missed: ['opened', '7d'] }, later)
  expect(reminded).toEqual([
    { mark: 'opened', at: later, told: 0, missed: true },
    { mark: '7d', at: later, told: 0, missed: true },
    { mark: '1d', at: later, told: 2 },
  ])
})

test.each(['apply', 'cancel'])('%s ends a pause', (name) => {
  expect(transitions[name]?.[2](aReview({ pausedAt: now })).pausedAt).toBeUndefined()
})
