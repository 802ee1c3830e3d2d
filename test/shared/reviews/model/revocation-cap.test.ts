import { describe, expect, it } from 'vitest'
import type { ReviewItem } from '../../../../shared/reviews/model/review-item.ts'
import { computeRevocationCap, losesByDecision } from '../../../../shared/reviews/model/revocation-cap.ts'
import { defaultPolicy } from '../../../../shared/reviews/policy/review-policy.ts'
import { anItem, now } from '../../domain/review-parts.ts'

const policy = { ...defaultPolicy, unanswered: 'revoke' as const, largestShare: 50 }
const inMain: Partial<ReviewItem> = {
  userType: 'customer-admin',
  resource: { kind: 'project', id: 'main' },
}
const leftAlone: Partial<ReviewItem> = { state: 'verified', outcome: { decision: 'keep', by: 'changed' } }
const decision = { decision: 'revoke' as const, by: 'user:usr_2', at: now }

describe('what has changed since it was looked at, and is left alone', () => {
  it('takes nothing of the share, and is held still', () => {
    const items = [anItem(leftAlone), anItem({ userId: 'usr_2' })]
    const brake = computeRevocationCap(items, policy, new Set())
    expect(brake).toMatchObject({ population: 2, limit: 1, candidates: 1 })
    expect(brake.cut).toContain('usr_2')
  })

  it('leaves an admin in Main, whatever was decided before', () => {
    const stays = anItem({ ...inMain, ...leftAlone, decision })
    const goes = anItem({ ...inMain, userId: 'usr_2' })
    expect(losesByDecision(stays)).toBe(false)
    expect(losesByDecision({ ...stays, outcome: { by: 'decision' } })).toBe(true)
    expect(computeRevocationCap([stays, goes], policy, new Set(['usr_1', 'usr_2'])).spared).toBeUndefined()
  })
})
