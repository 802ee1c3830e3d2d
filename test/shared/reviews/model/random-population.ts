import * as fc from 'fast-check'
import { assignableTypes, type UserType } from '../../../../shared/domain/entities/user-type.ts'
import type { ReviewItem } from '../../../../shared/reviews/model/review-item.ts'
import {
  defaultPolicy,
  type ReviewPolicy,
  unansweredChoices,
} from '../../../../shared/reviews/policy/review-policy.ts'
import { anItem, at, daysBefore, theEvidence, theTerms } from '../review-parts.ts'

export type Person = { id: string; type: UserType; isActive: boolean; isInMain: boolean }

/** People and the items of their grants; a scope may leave some out. */
export type Population = { people: Person[]; items: ReviewItem[]; policy: ReviewPolicy }

type Decided = Omit<NonNullable<ReviewItem['decision']>, 'by' | 'at'>
type Advised = ReviewItem['recommendation']

const decisions: Decided[] = [
  { decision: 'keep' },
  { decision: 'keep', until: at('2027-01-01') },
  { decision: 'revoke' },
  { decision: 'revoke', reason: 'left' },
]
const advices: Advised[] = [
  { advice: 'keep', because: 'in-use' },
  { advice: 'keep', because: 'new' },
  { advice: 'revoke', because: 'unused' },
]
const less: Decided = { decision: 'reduce', roles: ['compute:read'], reason: 'enough' }
const toRead: Advised = { advice: 'reduce', because: 'only-reads', roles: ['compute:read'] }

const days = fc.integer({ min: 0, max: 120 }).map((before) => ({ read: daysBefore(before) }))
const oneIn = (count: number) => fc.integer({ min: 1, max: count }).map((drawn) => drawn === 1)

const holdingOf = (decided: readonly Decided[], advised: readonly Advised[]) =>
  fc.record({
    kind: fc.constantFrom('project', 'server'),
    isGone: oneIn(8),
    isLeftOut: oneIn(6),
    recommendation: fc.constantFrom(...advised),
    lastUse: fc.option(days, { nil: undefined }),
    decided: fc.option(fc.constantFrom(...decided), { nil: undefined, freq: 2 }),
  })
/** An admin's grant in Main has no role to reduce. */
const inMain = holdingOf(decisions, advices)
const holding = holdingOf([...decisions, less], [...advices, toRead])
type Holding = typeof holding extends fc.Arbitrary<infer T> ? T : never

const person = fc.record({
  type: fc.oneof(fc.constant('customer-admin' as const), fc.constantFrom(...assignableTypes)),
  isActive: fc.boolean(),
  isOutOfMain: oneIn(4),
  main: inMain,
  others: fc.array(holding, { maxLength: 4 }),
})

function itemOf({ id, type }: Person, place: string, held: Holding): ReviewItem {
  const { kind, isGone, recommendation, lastUse, decided } = held
  const isProject = place === 'main' || kind === 'project'
  const decision = decided && { ...decided, by: 'user:usr_boss', at: at('2026-11-20') }
  const isOwners = type === 'main-customer'
  return anItem({
    userId: id,
    userType: type,
    resource: { kind: isProject ? 'project' : 'server', id: place },
    terms: isProject ? theTerms() : theTerms({ roles: [], capabilities: ['view', 'power'] }),
    evidence: theEvidence({ lastUse }),
    recommendation: isOwners ? { advice: 'keep', because: 'owner' } : recommendation,
    state: isGone ? 'gone' : decided ? 'decided' : 'open',
    ...(!isGone && !isOwners && { decision }),
  })
}

/** A user outside Main has no item of it, or one that is gone. */
function itemsOf(who: Person, main: Holding, others: readonly Holding[]): ReviewItem[] {
  return [
    ...(main.isLeftOut ? [] : [itemOf(who, 'main', { ...main, isGone: !who.isInMain })]),
    ...others
      .map((held, place) => ({ held, place }))
      .filter(({ held }) => !held.isLeftOut)
      .map(({ held, place }) => itemOf(who, `thing_${place}`, held)),
  ]
}

export const population: fc.Arbitrary<Population> = fc
  .record({
    owner: person,
    persons: fc.array(person, { maxLength: 8 }),
    unanswered: fc.constantFrom(...unansweredChoices),
    largestShare: fc.oneof(fc.constantFrom(0, 20, 100), fc.integer({ min: 0, max: 100 })),
  })
  .map(({ owner, persons, unanswered, largestShare }) => {
    const first = { ...owner, type: 'main-customer' as const, isActive: true, isOutOfMain: false }
    const all = [first, ...persons].map(({ isOutOfMain, main, others, ...rest }, place) => {
      const who: Person = { ...rest, id: `usr_${place}`, isInMain: !isOutOfMain }
      return { who, items: itemsOf(who, main, others) }
    })
    return {
      people: all.map(({ who }) => who),
      items: all.flatMap(({ items }) => items),
      policy: { ...defaultPolicy, unanswered, largestShare },
    }
  })
