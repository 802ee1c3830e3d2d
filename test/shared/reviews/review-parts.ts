import type { GrantTerms } from '../../../shared/domain/access/entitlements.ts'
import type { Customer } from '../../../shared/domain/entities/customer.ts'
import type { StoredGrant } from '../../../shared/domain/entities/grant.ts'
import type { Project } from '../../../shared/domain/entities/project.ts'
import type { Server } from '../../../shared/domain/entities/server.ts'
import type { UserType } from '../../../shared/domain/entities/user-type.ts'
import type { User } from '../../../shared/domain/entities/user.ts'
import type { Evidence } from '../../../shared/reviews/model/recommend.ts'
import type { ReviewItem } from '../../../shared/reviews/model/review-item.ts'
import type { Review } from '../../../shared/reviews/model/review.ts'
import { defaultPolicy } from '../../../shared/reviews/policy/review-policy.ts'

const customerId = 'AAA000001'
const times = { customerId, createdAt: at('2025-01-01'), updatedAt: at('2025-01-01') }
/** The day of most of these tests. */
export const today = '2026-11-27'
export const now = at(today, '09:00')

/** Returns an instant of the day. */
export function at(day: string, time = '00:00'): string {
  return `${day}T${time}:00.000000000Z`
}

export const stamp = (day: string) => `${at(day)}#01`

/** Returns the day so many days before another. */
export function daysBefore(days: number, day = today): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10)
}

export function aCustomer(change: Partial<Customer> = {}): Customer {
  const first = stamp('2025-01-01')
  const stamps = { status: first, organisation: first, contact: first, billing: first }
  const { createdAt, updatedAt } = times
  return {
    id: customerId,
    organisation: 'A',
    status: 'active',
    mainCustomerId: 'usr_owner',
    createdAt,
    updatedAt,
    stamps,
    ...change,
  }
}

export function aUser(type: UserType, change: Partial<User> = {}): User {
  const first = stamp('2025-01-01')
  return {
    ...times,
    id: 'usr_1',
    email: 'a@x.example',
    name: 'A',
    status: 'active',
    types: [{ type, at: first }],
    invitedAt: times.createdAt,
    stamps: { name: first, status: first, email: first },
    ...change,
  }
}

export const aProject = (change: Partial<Project> = {}): Project => ({
  ...times,
  id: 'prj_1',
  kind: 'openstack',
  name: 'shop',
  status: 'active',
  createdAt: at('2025-02-01'),
  ...change,
})

export const aServer = (change: Partial<Server> = {}): Server => ({
  ...times,
  id: 'srv_1',
  hostname: 'web',
  exists: true,
  stamp: stamp('2025-02-01'),
  ...change,
})

export const aGrant = (change: Partial<StoredGrant> = {}): StoredGrant => ({
  customerId,
  userId: 'usr_1',
  resource: { kind: 'project', id: 'prj_1' },
  stamp: stamp('2025-03-01'),
  roles: ['compute:manage'],
  capabilities: [],
  source: 'explicit',
  grantedBy: 'user:usr_owner',
  grantedAt: at('2025-03-01'),
  ...change,
})

export const theTerms = (change: Partial<GrantTerms> = {}): GrantTerms => ({
  source: 'explicit',
  grantedBy: 'user:usr_owner',
  grantedAt: at('2025-03-01'),
  roles: ['compute:manage'],
  capabilities: [],
  ...change,
})

export const theEvidence = (change: Partial<Evidence> = {}): Evidence => ({
  asOf: today,
  knownSince: '2025-01-01',
  heldFrom: '2025-03-01',
  loginLinked: true,
  ...change,
})

/** An undecided item of a tech's membership of a project. */
export const anItem = (change: Partial<ReviewItem> = {}): ReviewItem => ({
  customerId,
  reviewId: 'rev_1',
  userId: 'usr_1',
  resource: { kind: 'project', id: 'prj_1' },
  email: 'a@x.example',
  userType: 'customer-tech',
  label: 'shop',
  terms: theTerms(),
  evidence: theEvidence(),
  recommendation: { advice: 'revoke', because: 'unused' },
  createdAt: now,
  state: 'open',
  ...change,
})

export const aReview = (change: Partial<Review> = {}): Review => ({
  id: 'rev_1',
  customerId,
  state: 'open',
  startedBy: { kind: 'system', id: 'review-clock' },
  policy: defaultPolicy,
  startedAt: now,
  openedAt: now,
  endsAt: at('2026-12-11', '09:00'),
  reminded: [],
  ...change,
})
