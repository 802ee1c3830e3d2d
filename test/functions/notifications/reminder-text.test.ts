import { describe, expect, test } from 'vitest'
import { type ReminderFacts, renderReminder } from '../../../functions/notifications/reminder-text.ts'
import { quote } from '../../../shared/mail/quote.ts'
import type { Reminder, ReminderMark } from '../../../shared/reviews/model/reminder.ts'
import { customerId, publicUrl, reminder } from './scene.ts'

const facts: ReminderFacts = {
  reminder,
  user: { name: 'Ann', email: 'ann@bridge.example' },
  customer: { organisation: 'Bridge Ltd' },
  unanswered: 'recommendation',
  publicUrl,
  unsubscribe: `${publicUrl}/v1/mail/token`,
  now: '2026-11-27T06:00:02.000000000Z',
}
const render = (differing: Partial<Reminder> = {}, more: Partial<ReminderFacts> = {}) =>
  renderReminder({ ...facts, ...more, reminder: { ...reminder, ...differing } })

test('a message has customer, task, deadline and link; names are quoted', () => {
  expect(render({}, { unanswered: 'keep' })).toEqual({
    to: 'ann@bridge.example',
    subject: 'Access review of BGE000001 has begun',
    text: [
      'Hello,',
      '',
      'the access review of our customer BGE000001 has begun. In their own words, the customer and you are called:',
      '',
      '> Bridge Ltd',
      '> Ann',
      '',
      '3 grants wait for your decision: keep, reduce or revoke each of them. You have until Friday, 11 December 2026, 06:00 UTC (in 14 days).',
      '',
      'What nobody has decided by then is kept.',
      '',
      'What waits for you, by the API:',
      'https://latchkey.example/v1/customers/BGE000001/reviews/01REVIEW/items?reviewer=usr_ann&state=open',
      '',
      'You get this because somebody has named your address here. If you want no messages from us, say so:',
      'https://latchkey.example/v1/mail/token',
      '',
    ].join('\n'),
    unsubscribe: 'https://latchkey.example/v1/mail/token',
  })
})

test('one grant is singular', () => {
  expect(render({ pendingCount: 1 }).text).toContain(
    '1 grant waits for your decision: keep, reduce or revoke it. ',
  )
})

test.each<[ReminderMark, string, string, string]>([
  ['opened', '2026-11-27T06:00:02.000000000Z', 'has begun', 'in 14 days'],
  ['opened', '2026-12-10T06:00:00.000000000Z', 'has begun', 'tomorrow'],
  ['opened', '2026-12-11T05:00:00.000000000Z', 'has begun', 'today'],
  ['7d', '2026-12-04T06:00:00.000000000Z', 'ends in 7 days', 'in 7 days'],
  ['7d', '2026-12-04T23:59:59.000000000Z', 'ends in 7 days', 'in 7 days'],
  ['1d', '2026-12-10T06:01:00.000000000Z', 'ends tomorrow', 'tomorrow'],
])('for the round %s at %s it says "%s"', (mark, now, happens, left) => {
  const { subject, text } = render({ mark, createdAt: now }, { now })
  expect(subject).toBe(`Access review of BGE000001 ${happens}`)
  expect(text).toContain(`the access review of our customer BGE000001 ${happens}.`)
  expect(text).toContain(`until Friday, 11 December 2026, 06:00 UTC (${left}).\n`)
})

test.each([
  ['two days late', '2026-12-06T06:00:00.000000000Z', 'ends in 5 days'],
  ['on the last day', '2026-12-11T00:00:00.000000000Z', 'ends today'],
])('a message that is sent %s is still true, and says when the items were counted', (_name, now, happens) => {
  const { subject, text } = render({ mark: '7d' }, { now })
  expect(subject).toContain(happens)
  expect(text).toContain('\nOn Friday, 27 November 2026, 06:00 UTC, 3 grants waited for your decision: ')
})

test.each([
  ['keep', 'is kept.'],
  ['revoke', 'is revoked.'],
  ['recommendation', 'gets what is recommended for it.'],
] as const)('the default of the policy %s is explained', (unanswered, end) => {
  expect(render({}, { unanswered }).text).toContain(`\nWhat nobody has decided by then ${end}\n`)
})

describe('no name breaks out of its line, or gets into the subject:', () => {
  const clean = render()
  test.each([
    '"Bridge, Ltd" <x@evil.example>',
    '=?utf-8?q?=0D=0ABcc:_x=40evil.example?=',
    'Bcc: x@evil.example',
    'Brücke 🦊 & Söhne; \u202Egnirts',
    'a\r\nBcc: x@evil.example\u2028b\u0085c',
    '$& $1',
  ])('%j', (name) => {
    const person = { name, email: 'ann@bridge.example' }
    const { to, subject, text } = render({}, { customer: { organisation: name }, user: person })
    expect([to, subject]).toEqual([clean.to, clean.subject])
    const quoted = quote(name)
    expect(text).toBe(clean.text.replace('> Bridge Ltd\n> Ann', () => `${quoted}\n${quoted}`))
    expect(text.split('\n')).toHaveLength(clean.text.split('\n').length)
  })
})

test('the link is for the customer, the review and the recipient', () => {
  const { text } = render({ reviewId: '01OTHER', userId: 'usr_bob' })
  expect(text).toContain(`${publicUrl}/v1/customers/${customerId}/reviews/01OTHER/items?reviewer=usr_bob&`)
})
