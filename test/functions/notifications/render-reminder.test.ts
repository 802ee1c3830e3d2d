import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import type { ReminderFacts } from '../../../functions/notifications/render-reminder.ts'
import { renderReminder } from '../../../functions/notifications/render-reminder.ts'
import type { Reminder } from '../../../shared/domain/reminder.ts'
import { Organisation, PersonName } from '../../../shared/domain/text.ts'
import { customerId, publicUrl, reminder } from './scene.ts'

const facts: ReminderFacts = {
  reminder,
  user: { name: 'Ann', email: 'ann@bridge.example' },
  customer: { organisation: 'Bridge Ltd' },
  unanswered: 'recommendation',
  publicUrl,
  now: '2026-11-27T06:00:02.000000000Z',
}
const render = (differing: Partial<Reminder> = {}, more: Partial<ReminderFacts> = {}) =>
  renderReminder({ ...facts, ...more, reminder: { ...reminder, ...differing } })

test('a message says to whom, of what, what is asked, by when and where', () => {
  expect(render({}, { unanswered: 'keep' })).toEqual({
    to: 'ann@bridge.example',
    subject: 'Access review of Bridge Ltd (BGE000001) has begun: 3 grants wait for your decision',
    text: [
      'Hello Ann,',
      '',
      'The access review of Bridge Ltd (BGE000001) has begun.',
      '',
      '3 grants wait for your decision: keep, reduce or revoke each of them. You have until Friday, 11 December 2026, 06:00 UTC (in 14 days).',
      '',
      'What nobody has decided by then is kept.',
      '',
      'What waits for you, by the API:',
      'https://latchkey.example/v1/customers/BGE000001/reviews/01REVIEW/items?reviewer=usr_ann&state=open',
      '',
    ].join('\n'),
  })
})

test('one grant is one', () => {
  const { subject, text } = render({ owed: 1 })
  expect(subject).toMatch(/: 1 grant waits for your decision$/)
  expect(text).toContain('1 grant waits for your decision: keep, reduce or revoke it. ')
})

test.each([
  ['opened', '2026-11-27T06:00:02.000000000Z', 'has begun', 'in 14 days'],
  ['opened', '2026-12-10T06:00:00.000000000Z', 'has begun', 'tomorrow'],
  ['opened', '2026-12-11T05:00:00.000000000Z', 'has begun', 'today'],
  ['7d', '2026-12-04T06:00:00.000000000Z', 'ends in 7 days', 'in 7 days'],
  ['7d', '2026-12-04T23:59:59.000000000Z', 'ends in 7 days', 'in 7 days'],
  ['1d', '2026-12-10T06:01:00.000000000Z', 'ends tomorrow', 'tomorrow'],
])('of the mark %s at %s it says "%s"', (mark, now, happens, left) => {
  const { subject, text } = render({ mark }, { now })
  expect(subject).toBe(`Access review of Bridge Ltd (BGE000001) ${happens}: 3 grants wait for your decision`)
  expect(text).toContain(`The access review of Bridge Ltd (BGE000001) ${happens}.\n`)
  expect(text).toContain(`until Friday, 11 December 2026, 06:00 UTC (${left}).\n`)
})

test.each([
  ['two days late', '2026-12-06T06:00:00.000000000Z', 'ends in 5 days'],
  ['on the last day', '2026-12-11T00:00:00.000000000Z', 'ends today'],
])('a message that is sent %s is true still', (_name, now, happens) => {
  expect(render({ mark: '7d' }, { now }).subject).toContain(happens)
})

test.each([
  ['keep', 'is kept.'],
  ['revoke', 'is revoked.'],
  ['recommendation', 'gets what is recommended for it.'],
] as const)('what becomes of unanswered items by the policy %s is said', (unanswered, end) => {
  expect(render({}, { unanswered }).text).toContain(`\nWhat nobody has decided by then ${end}\n`)
})

describe('no name breaks out of its line:', () => {
  const clean = render()
  const names = [
    '"Bridge, Ltd" <x@evil.example>',
    '=cmd|calc!A1',
    'Bcc: x@evil.example',
    'Brücke 🦊 & Söhne; \u202Egnirts',
    '$& $1',
  ]
  test.each(names)('%s', (name) => {
    const [organisation, person] = [v.parse(Organisation, name), v.parse(PersonName, name)]
    const { to, subject, text } = render(
      {},
      { customer: { organisation }, user: { name: person, email: 'ann@bridge.example' } },
    )
    expect(to).toBe(clean.to)
    expect(subject).toBe(clean.subject.replace('Bridge Ltd', () => organisation))
    expect(subject).toMatch(/^[^\p{Cc}\u2028\u2029]+$/u)
    expect(text.split('\n').length).toBe(clean.text.split('\n').length)
    expect(text).toContain(`Hello ${person},\n`)
  })

  test('nor is one decoded into something else', () => {
    const organisation = v.parse(Organisation, '=?utf-8?q?=0D=0ABcc:_x=40evil.example?=')
    const { subject, text } = render({}, { customer: { organisation } })
    expect(subject).toContain('Access review of = ?utf-8?q?=0D=0ABcc:_x=40evil.example?= (BGE000001)')
    expect(text).toContain(organisation)
  })

  test.each(['a\r\nBcc: x@evil.example', 'a\nb', 'a\u2028b', 'a\u0000b', 'a\u0085b'])(
    'and none that would is let in: %j',
    (name) => {
      expect([v.is(Organisation, name), v.is(PersonName, name)]).toEqual([false, false])
    },
  )
})

test('the place is of the customer, the review and the reader', () => {
  const { text } = render({ reviewId: '01OTHER', userId: 'usr_bob' })
  expect(text).toContain(`${publicUrl}/v1/customers/${customerId}/reviews/01OTHER/items?reviewer=usr_bob&`)
})
