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

type More = { type?: UserType; item?: Partial<ReviewItem>; user?: ReturnType<typeof aUser> }
const asAdmin = { type: 'customer-admin', item: { terms: byType } } as const
const adminAgain = (day: string) => ({
  ...asAdmin,
  user: aUser('customer-admin', { types: adminSince(day) }),
})
const asOwner = (terms = theTerms()) =>
  ({ type: 'main-customer', item: { userType: 'customer-admin', terms } }) as const
const byOtherReview = aGrant({ ...ofThisReview, grantedBy: 'review:rev_2' })
const untilThen = { ...asItWas, until: at('2027-01-01') }

test.each<[string, boolean, ItemOutcome, Grant | undefined, More?]>([
  ['revoked, and gone', false, gone, undefined],
  ['revoked, and its marker is there', false, gone, tombstone],
  ['revoked, and held as before', false, gone, aGrant()],
  ['revoked, and granted again', true, gone, again('2026-11-21')],
  ['revoked, and granted again in that very moment', true, gone, again('2026-11-20')],
  ['revoked, and granted by a request that began before', true, gone, again('2026-11-19')],
  ['revoked from an admin who became the owner', true, gone, tombstone, asOwner()],
  ['revoked from an admin who became the owner, by another marker', true, gone, byOther, asOwner(byType)],
  ['revoked, and come with a type that counts from before', true, gone, tombstone, adminAgain('2026-11-19')],
  ['revoked, and come with the type after another revocation', true, gone, byOther, adminAgain('2026-11-21')],
  ['kept until it was over, and gone', false, over, tombstone],
  ['kept until it was over, and granted again', true, over, again('2026-11-21')],
  ['revoked, and come with the same type', false, gone, undefined, asAdmin],
  ['revoked, and come with the type again', true, gone, tombstone, adminAgain('2026-11-21')],
  ['reduced, and so', false, less, ofThisReview],
  ['reduced by another review', true, less, byOtherReview],
  ['reduced, and granted by somebody', true, less, again('2026-11-21')],
  ['reduced, and revoked by somebody', true, less, tombstone],
  ['reduced, and nothing is stored', true, less, undefined],
  ['kept until then, and so', false, untilThen, ofThisReview],
  ['kept as it was, and so', false, asItWas, aGrant()],
  ['kept as it was by the type, and so', false, asItWas, undefined, asAdmin],
  ['kept as it was, and granted anew', true, asItWas, again('2026-11-21')],
  ['kept as it was, and gone', true, asItWas, tombstone],
])('%s: changed since, %s', (_name, expected, outcome, stored, more = {}) => {
  const { type: userType = 'customer-tech', item: change, user = aUser(userType) } = more
  const item = anItem({ userType, state: 'applied', outcome, appliedAt, ...change })
  const grants = new Map(stored && [['project/prj_1', stored]])
  const about: Facts = {
    now,
    user,
    customer: aCustomer(),
    grants,
    main: mainProjectOf(aCustomer()),
    resource: { type: 'project', project: aProject() },
  }
  expect(isChangedSince(about, item)).toBe(expected)
})
