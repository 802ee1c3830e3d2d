import { expect, test } from 'vitest'
import type { Reminder } from '../../../../shared/reviews/model/reminder.ts'
import { reportRecord } from '../../../../shared/reviews/report/columns.ts'
import { reportHeader } from '../../../../shared/reviews/report/header.ts'
import { aCustomer, anItem, aReview, at, aUser, now, theEvidence, theTerms } from '../review-parts.ts'

const seconds = (day: string) => `${day}T00:00:00.000Z`

const reminder: Reminder = {
  customerId: 'AAA000001',
  reviewId: 'rev_1',
  userId: 'usr_2',
  mark: '7d',
  pendingCount: 4,
  endsAt: at('2026-12-11'),
  createdAt: at('2026-12-04'),
  sentAt: at('2026-12-05'),
}

test('the header has reminders, outcomes, and the people involved', () => {
  const review = aReview({
    state: 'cancelled',
    cancelledAt: at('2026-12-06'),
    cancelledBecause: 'a trial',
    reminded: [{ mark: '7d', at: at('2026-12-04'), told: 1 }],
  })
  const gone = aUser('customer-admin', { id: 'usr_2', deleted: `${at('2026-12-05')}#1` })
  const unsent = { ...reminder, userId: 'usr_1', sentAt: undefined, problem: 'the user is gone' }
  const header = reportHeader({
    customer: aCustomer(),
    review,
    people: [gone, aUser('main-customer', { id: 'usr_1' })],
    reminders: [reminder, unsent],
    now,
  })
  expect(header).toMatchObject({
    state: 'cancelled',
    cancelledAt: seconds('2026-12-06'),
    cancelledBecause: 'a trial',
    reminded: [{ mark: '7d', at: seconds('2026-12-04'), told: 1 }],
    people: [
      { id: 'usr_1', type: 'main-customer', status: 'active' },
      { id: 'usr_2', type: 'customer-admin', status: 'deleted' },
    ],
    reminders: [
      {
        mark: '7d',
        userId: 'usr_2',
        owed: 4,
        remindedAt: seconds('2026-12-04'),
        sentAt: seconds('2026-12-05'),
      },
      { mark: '7d', userId: 'usr_1', problem: 'the user is gone' },
    ],
  })
})

test('a record has the grant, evidence, decisions and outcome', () => {
  const by = 'user:usr_9'
  const item = anItem({
    terms: theTerms({ expiresAt: at('2027-02-01') }),
    evidence: theEvidence({
      lastUse: { read: '2026-10-01', operate: '2026-09-01', manage: '2026-08-01' },
      elsewhere: '2026-11-01',
    }),
    recommendation: { advice: 'reduce', because: 'only-reads', roles: ['compute:read'] },
    lastReview: { id: 'rev_0', at: at('2026-08-27') },
    state: 'applied',
    decision: {
      decision: 'reduce',
      roles: ['compute:read'],
      until: at('2027-01-01'),
      reason: 'less',
      by,
      at: now,
    },
    outcome: { decision: 'reduce', roles: ['compute:read'], until: at('2027-01-01'), by: 'decision' },
    appliedAt: at('2026-12-12'),
    changedSince: true,
    problem: 'OpenStack has not followed yet',
  })
  expect(reportRecord(item, new Map([[by, 'z@x.example']]))).toMatchObject({
    resourceName: 'shop',
    roles: ['compute:manage'],
    grantedBy: 'user:usr_owner',
    grantedAt: seconds('2025-03-01'),
    expiresAt: seconds('2027-02-01'),
    heldFrom: '2025-03-01',
    lastRead: '2026-10-01',
    lastOperate: '2026-09-01',
    lastManage: '2026-08-01',
    lastUseElsewhere: '2026-11-01',
    usesKnownSince: '2025-01-01',
    usesAsOf: '2026-11-27',
    loginLinked: true,
    lastReviewId: 'rev_0',
    lastReviewAt: seconds('2026-08-27'),
    advice: 'reduce',
    adviceBecause: 'only-reads',
    advisedRoles: ['compute:read'],
    state: 'applied',
    decidedRoles: ['compute:read'],
    decidedUntil: seconds('2027-01-01'),
    decisionReason: 'less',
    decidedByEmail: 'z@x.example',
    decidedAt: '2026-11-27T09:00:00.000Z',
    outcome: 'reduced',
    leftRoles: ['compute:read'],
    leftUntil: seconds('2027-01-01'),
    appliedAt: seconds('2026-12-12'),
    changedSince: true,
    problem: 'OpenStack has not followed yet',
  })
})

test('a record says why its grant is gone', () => {
  const item = anItem({ state: 'gone', goneBecause: 'it is not held any more' })
  const gone = { state: 'gone', outcome: 'gone', goneBecause: 'it is not held any more' }
  expect(reportRecord(item, new Map())).toMatchObject(gone)
})
