import { describe, expect, it } from 'vitest'
import type { ReviewItem } from '../../../../shared/reviews/model/review-item.ts'
import {
  capInputOf,
  computeRevocationCap,
  losesByDecision,
} from '../../../../shared/reviews/model/revocation-cap.ts'
import { defaultPolicy } from '../../../../shared/reviews/policy/review-policy.ts'
import { anItem, now } from '../review-parts.ts'

const policy = { ...defaultPolicy, unanswered: 'revoke' as const, largestShare: 50 }
const inMain: Partial<ReviewItem> = { userType: 'customer-admin', resource: { kind: 'project', id: 'main' } }
const unchanged: Partial<ReviewItem> = { state: 'verified', outcome: { decision: 'keep', by: 'changed' } }
const decision = { decision: 'revoke' as const, by: 'user:usr_2', at: now }

const capOf = (items: readonly ReviewItem[], admins: readonly string[]) => {
  const inputs = items.map((item) => capInputOf(item, policy)).filter((input) => input !== undefined)
  return computeRevocationCap(inputs, policy, new Set(admins))
}

describe('a grant that has changed since it was reviewed', () => {
  it('counts as held, and takes nothing of the share', () => {
    const cap = capOf([anItem(unchanged), anItem({ userId: 'usr_2' })], [])
    expect(cap).toMatchObject({ population: 2, limit: 1, candidates: 1 })
    expect(cap.cut).toContain('usr_2')
  })

  it('keeps an admin in Main, whatever was decided before', () => {
    const stays = anItem({ ...inMain, ...unchanged, decision })
    const goes = anItem({ ...inMain, userId: 'usr_2' })
    expect(losesByDecision(stays)).toBe(false)
    expect(losesByDecision({ ...stays, outcome: { by: 'decision' } })).toBe(true)
    expect(capOf([stays, goes], ['usr_1', 'usr_2']).spared).toBeUndefined()
  })
})
