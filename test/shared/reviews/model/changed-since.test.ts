import { expect, test } from 'vitest'
import type { Facts } from '../../../../shared/domain/access/decide.ts'
import { mainProjectOf } from '../../../../shared/domain/access/main-project.ts'
import type { UserType } from '../../../../shared/domain/entities/user-type.ts'
import type { ItemOutcome, ReviewItem } from '../../../../shared/reviews/model/review-item.ts'
import { isChangedSince } from '../../../../shared/reviews/model/verify-outcome.ts'
import { aCustomer, aGrant, anItem, aProject, at, aUser, now, stamp, theTerms } from '../review-parts.ts'

type Grant = ReturnType<typeof aGrant>

const appliedAt = at('2026-11-20')
const gone: ItemOutcome = { decision: 'revoke', by: 'decision' }
const less: ItemOutcome = { decision: 'reduce', by: 'decision', roles: ['compute:read'] }
const asItWas: ItemOutcome = { decision: 'keep', by: 'default', heldBack: 'last-admin' }
const over: ItemOutcome = { decision: 'keep', by: 'decision', until: appliedAt }
const byReview = { source: 'review', grantedBy: 'review:rev_1', grantedAt: appliedAt } as const
const ofThisReview = aGrant({ ...byReview, roles: ['compute:read'] })
const tombstone = aGrant({ ...byReview, revoked: true, stamp: stamp('2026-11-18') })
const byOther = aGrant({ ...tombstone, grantedBy: 'user:usr_2' })
const again = (day: string) => aGrant({ grantedAt: at(day), stamp: stamp(day) })
const adminSince = (day: string) => [
  { type: 'customer-admin' as const, at: stamp('2025-01-01') },
  { type: 'customer-tech' as const, at: stamp('2025-01-02') },
  { type: 'customer-admin' as const, at: stamp(day), since: '0000-01-01T00:00:00.000000000Z' },
]
const byType = theTerms({
  source: 'type',
  grantedBy: undefined,
  grantedAt: at('2025-02-01'),
  roles: ['full'],
})

test.each<[string, boolean, ItemOutcome, Grant | undefined, UserType, Partial<ReviewItem>, Partial<Facts>]>([
  ['revoked, and gone', false, gone, undefined, 'customer-tech', {}, {}],
  ['revoked, and its marker is there', false, gone, tombstone, 'customer-tech', {}, {}],
  ['revoked, and held as before', false, gone, aGrant(), 'customer-tech', {}, {}],
  ['revoked, and granted again', true, gone, again('2026-11-21'), 'customer-tech', {}, {}],
  [
    'revoked, and granted again in that very moment',
    true,
    gone,
    again('2026-11-20'),
    'customer-tech',
    {},
    {},
  ],
  [
    'revoked, and granted by a request that began before',
    true,
    gone,
    again('2026-11-19'),
    'customer-tech',
    {},
    {},
  ],
  [
    'revoked from an admin who became the owner',
    true,
    gone,
    tombstone,
    'main-customer',
    { userType: 'customer-admin' },
    {},
  ],
  [
    'revoked from an admin who became the owner, by another marker',
    true,
    gone,
    byOther,
    'main-customer',
    { userType: 'customer-admin', terms: byType },
    {},
  ],
  [
    'revoked, and come with a type that counts from before',
    true,
    gone,
    tombstone,
    'customer-admin',
    { terms: byType },
    { user: aUser('customer-admin', { types: adminSince('2026-11-19') }) },
  ],
  [
    'revoked, and come with the type again after somebody else has revoked it',
    true,
    gone,
    byOther,
    'customer-admin',
    { terms: byType },
    { user: aUser('customer-admin', { types: adminSince('2026-11-21') }) },
  ],
  ['kept until it was over, and gone', false, over, tombstone, 'customer-tech', {}, {}],
  ['kept until it was over, and granted again', true, over, again('2026-11-21'), 'customer-tech', {}, {}],
  ['revoked, and come with the same type', false, gone, undefined, 'customer-admin', { terms: byType }, {}],
  [
    'revoked, and come with the type again',
    true,
    gone,
    tombstone,
    'customer-admin',
    { terms: byType },
    { user: aUser('customer-admin', { types: adminSince('2026-11-21') }) },
  ],
  ['reduced, and so', false, less, ofThisReview, 'customer-tech', {}, {}],
  [
    'reduced by another review',
    true,
    less,
    aGrant({ ...ofThisReview, grantedBy: 'review:rev_2' }),
    'customer-tech',
    {},
    {},
  ],
  ['reduced, and granted by somebody', true, less, again('2026-11-21'), 'customer-tech', {}, {}],
  ['reduced, and revoked by somebody', true, less, tombstone, 'customer-tech', {}, {}],
  ['reduced, and nothing is stored', true, less, undefined, 'customer-tech', {}, {}],
  [
    'kept until then, and so',
    false,
    { ...asItWas, until: at('2027-01-01') },
    ofThisReview,
    'customer-tech',
    {},
    {},
  ],
  ['kept as it was, and so', false, asItWas, aGrant(), 'customer-tech', {}, {}],
  ['kept as it was by the type, and so', false, asItWas, undefined, 'customer-admin', { terms: byType }, {}],
  ['kept as it was, and granted anew', true, asItWas, again('2026-11-21'), 'customer-tech', {}, {}],
  ['kept as it was, and gone', true, asItWas, tombstone, 'customer-tech', {}, {}],
])('%s: changed since, %s', (_name, expected, outcome, stored, userType, change, facts) => {
  const item = anItem({ userType, state: 'applied', outcome, appliedAt, ...change })
  const grants = new Map(stored && [['project/prj_1', stored]])
  const about: Facts = {
    now,
    customer: aCustomer(),
    user: aUser(userType),
    grants,
    main: mainProjectOf(aCustomer()),
    resource: { type: 'project', project: aProject() },
    ...facts,
  }
  expect(isChangedSince(about, item)).toBe(expected)
})
