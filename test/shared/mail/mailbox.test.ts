import { expect, test } from 'vitest'
import { addMilliseconds } from '../../../shared/domain/values/instant.ts'
import {
  type Mailbox,
  mailboxOf,
  mayBeSent,
  type MessageKind,
  type Sent,
  without,
  withSent,
} from '../../../shared/mail/mailbox.ts'
import { runs } from '../../support/long.ts'
import { Random } from '../../support/random.ts'

const start = '2026-11-27T06:00:00.000000000Z'
const minute = 60_000
const day = 24 * 60 * minute
const message = (after: number, more: Partial<Sent> = {}): Sent => ({
  id: `at ${after}`,
  at: addMilliseconds(start, after),
  customerId: 'A',
  kind: 'reminder',
  ...more,
})
const empty: Mailbox = { sent: [] }

/** The most of them in any period, open at one end. */
function mostIn(period: number, times: readonly number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + period).length))
}

/** The decision about a waiting message, a millisecond before it is due and then. */
function around(mailbox: Mailbox, one: Sent, due: string): string[] {
  const at = (time: string) => mayBeSent(mailbox, { ...one, at: time }).outcome
  return [`${at(addMilliseconds(due, -1))} before`, `${at(due)} then`]
}

test('any sequence of messages keeps all limits, and a waiting message is allowed exactly when due', () => {
  const random = new Random(20261128)
  for (let run = 0; run < runs(30); run++) {
    let mailbox = empty
    let time = 0
    const waiting: string[] = []
    const allowed: { at: number; customerId: string; kind: MessageKind }[] = []
    for (let each = 0; each < 150; each++) {
      time += random.below(random.chance(0.1) ? 10 * day : 50 * minute)
      const kind = random.pick<MessageKind>(['reminder', 'reminder', 'invitation', 'again'])
      const one = message(time, { id: `${each}`, customerId: random.pick(['A', 'B', 'C']), kind })
      const verdict = mayBeSent(mailbox, one)
      if (verdict.outcome === 'later') waiting.push(...around(mailbox, one, verdict.due))
      if (verdict.outcome !== 'allowed') continue
      mailbox = withSent(mailbox, one)
      allowed.push({ at: time, customerId: one.customerId, kind })
    }
    expect(new Set(waiting)).toEqual(new Set(['later before', 'allowed then']))
    for (const customer of ['A', 'B', 'C']) {
      const times = allowed.filter(({ customerId }) => customerId === customer).map(({ at }) => at)
      expect(mostIn(60 * minute, times)).toBeLessThanOrEqual(1)
      expect(mostIn(day, times)).toBeLessThanOrEqual(10)
    }
    const of = (...kinds: MessageKind[]) =>
      allowed.filter(({ kind }) => kinds.includes(kind)).map(({ at }) => at)
    expect(mostIn(day, of('reminder', 'invitation', 'again'))).toBeLessThanOrEqual(20)
    expect(mostIn(30 * day, of('invitation'))).toBeLessThanOrEqual(1)
    expect(mostIn(30 * day, of('again'))).toBeLessThanOrEqual(3)
    expect(mailbox.sent.length).toBeLessThanOrEqual(25)
  }
})

test('one customer leaves room for the others', () => {
  const mailbox = Array.from({ length: 10 }, (_, hour) => message(hour * 60 * minute)).reduce(withSent, empty)
  const now = 11 * 60 * minute
  expect(mayBeSent(mailbox, message(now))).toEqual({ outcome: 'later', due: addMilliseconds(start, day) })
  expect(mayBeSent(mailbox, message(now, { customerId: 'B' }))).toEqual({ outcome: 'allowed' })
})

test('a message that is not accepted is removed', () => {
  const sent = withSent(empty, message(0))
  expect(mayBeSent(sent, message(1)).outcome).toBe('later')
  expect(mayBeSent(without(sent, 'at 0'), message(1)).outcome).toBe('allowed')
})

test('an opt-out stops all messages', () => {
  const refused = { outcome: 'refused', problem: 'the person wants no messages' }
  expect(mayBeSent({ ...empty, optedOut: start }, message(0))).toEqual(refused)
})

test.each([
  ['ann@bridge.example', 'ann@bridge.example'],
  ['ann+eng@bridge.example', 'ann@bridge.example'],
  ['a.n.n@bridge.example', 'a.n.n@bridge.example'],
  ['a.n.n+x+y@gmail.com', 'ann@gmail.com'],
  ['ann@googlemail.com', 'ann@gmail.com'],
  ['+ann@bridge.example', '+ann@bridge.example'],
])('%s is the mailbox %s', (email, mailbox) => {
  expect(mailboxOf(email)).toBe(mailbox)
})
