import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ItemOutcome, ReviewItem } from '../../../../shared/reviews/model/review-item.ts'
import {
  capInputOf,
  computeRevocationCap,
  defaultOutcome,
} from '../../../../shared/reviews/model/revocation-cap.ts'
import { cases } from '../../../support/long.ts'
import { type Population, population } from './random-population.ts'

type Settled = { item: ReviewItem; outcome: ItemOutcome }

/** Ids of admins who can use the Interface. */
const adminsOf = ({ people }: Population): Set<string> =>
  new Set(
    people
      .filter(({ type, isActive, isInMain }) => type === 'customer-admin' && isActive && isInMain)
      .map(({ id }) => id),
  )

function settle(of: Population, items = of.items): Settled[] {
  const inputs = items.map((item) => capInputOf(item, of.policy)).filter((input) => input !== undefined)
  const cap = computeRevocationCap(inputs, of.policy, adminsOf(of))
  return items
    .filter(({ state }) => state !== 'gone')
    .map((item) => ({ item, outcome: defaultOutcome(item, of.policy, cap) }))
}

/** The policy's default for an item without a cap. */
function uncapped({ policy: { unanswered } }: Population, { recommendation }: ReviewItem): string {
  return unanswered === 'recommendation' ? recommendation.advice : unanswered
}

const isOwners = ({ userType }: ReviewItem) => userType === 'main-customer'
const isOfMain = ({ resource }: ReviewItem) => resource.kind === 'project' && resource.id === 'main'
const isDefault = ({ outcome }: Settled) => outcome.by === 'default'
const loses = ({ outcome }: Settled) => outcome.decision !== 'keep' || outcome.until !== undefined

/** Admins who can use the Interface once these grants are lost. */
function adminsAfter(of: Population, lost: readonly Settled[]): Set<string> {
  const admins = adminsOf(of)
  for (const { item } of lost.filter(({ item: each }) => isOfMain(each))) admins.delete(item.userId)
  return admins
}

/** Losses by decision. */
const byDecision = (settled: readonly Settled[]) => settled.filter((each) => !isDefault(each) && loses(each))

const text = (settled: readonly Settled[]) =>
  settled.map(({ item, outcome }) => `${item.userId} ${item.resource.id} ${JSON.stringify(outcome)}`).sort()

const counted = new Map<string, number>()
const count = (name: string) => counted.set(name, (counted.get(name) ?? 0) + 1)

const holds = (settings: { numRuns: number }, rule: (of: Population) => boolean) =>
  fc.assert(fc.property(population, rule), settings)
/** Full runs for the main rules, fewer for the others. */
const many = cases(1000)
const some = cases(200)

describe('for any population and decisions', () => {
  it('the main-customer keeps all, an active admin stays, and at most the share is lost', () => {
    holds(many, (of) => {
      const settled = settle(of)
      const lost = settled.filter(loses)
      const byDefault = lost.filter(isDefault)
      if (settled.some((each) => isOwners(each.item) && loses(each))) return false
      if (byDefault.length * 100 > settled.length * of.policy.largestShare) return false
      const couldStay = adminsAfter(of, byDecision(settled)).size > 0
      if (byDefault.some(({ item }) => isOfMain(item))) count('lost')
      return !couldStay || adminsAfter(of, lost).size > 0
    })
  })

  it('items held back are exactly the difference to the policy, and no more than necessary', () => {
    holds(many, (of) => {
      const open = settle(of).filter(isDefault)
      const owners = open.filter(({ item }) => isOwners(item))
      const others = open.filter(({ item }) => !isOwners(item))
      const wanted = others.filter(({ item }) => uncapped(of, item) !== 'keep')
      const held = others.filter(({ outcome }) => outcome.heldBack !== undefined)
      for (const { outcome } of open) count(outcome.heldBack ?? 'nothing')
      const limit = Math.floor((settle(of).length * of.policy.largestShare) / 100)
      const spared = held.filter(({ outcome }) => outcome.heldBack === 'last-admin')
      return (
        owners.every(
          ({ outcome }) => (outcome.heldBack === 'main-customer') === (of.policy.unanswered === 'revoke'),
        ) &&
        others.every(
          (each) => each.outcome.decision === (held.includes(each) ? 'keep' : uncapped(of, each.item)),
        ) &&
        held.every((each) => wanted.includes(each)) &&
        spared.length <= 1 &&
        wanted.length - held.length === Math.min(limit, wanted.length - spared.length)
      )
    })
  })

  it('an admin is protected only if no other would stay', () => {
    holds(some, (of) => {
      const settled = settle(of)
      const spared = settled.find(({ outcome }) => outcome.heldBack === 'last-admin')
      if (!spared) return true
      const wanted = settled.filter((each) =>
        isDefault(each) ? !isOwners(each.item) && uncapped(of, each.item) !== 'keep' : loses(each),
      )
      return adminsOf(of).has(spared.item.userId) && adminsAfter(of, wanted).size === 0
    })
  })

  it('the least used grants are lost first', () => {
    const rank = { revoke: 0, reduce: 1, keep: 2 }
    const place = ({ item }: Settled) =>
      `${rank[item.recommendation.advice]} ${item.evidence.lastUse?.read ?? ''}`
    holds(some, (of) => {
      const open = settle(of).filter(isDefault)
      const lost = open.filter(loses).map(place)
      const held = open.filter(({ outcome }) => outcome.heldBack === 'share').map(place)
      return held.every((each) => lost.every((other) => other <= each))
    })
  })

  it('a decision is the outcome', () => {
    holds(some, (of) =>
      settle(of).every(({ item: { decision }, outcome }) => {
        if (!decision) return outcome.by === 'default'
        const { by: _by, at: _at, ...what } = decision
        return JSON.stringify(outcome) === JSON.stringify({ ...what, by: 'decision' })
      }),
    )
  })

  it('neither the order of items nor applied items change the outcome', () => {
    holds(some, (of) => {
      const first = settle(of)
      const turned = settle(of, of.items.toReversed())
      const half = of.items.map((item, place): ReviewItem => {
        if (item.state === 'gone' || place % 2 === 0) return item
        return { ...item, state: place % 4 === 1 ? 'applied' : 'verified' }
      })
      const again = settle(of, half)
      return text(first).join() === text(turned).join() && text(first).join() === text(again).join()
    })
  })

  it('the runs have covered each case', () => {
    const names = ['lost', 'share', 'last-admin', 'main-customer']
    expect(names.filter((name) => (counted.get(name) ?? 0) < many.numRuns / 50)).toEqual([])
  })
})
