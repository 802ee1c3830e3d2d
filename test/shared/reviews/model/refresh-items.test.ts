import { describe, expect, it } from 'vitest'
import { decideItem } from '../../../../shared/reviews/model/decide-item.ts'
import { fateOf, refreshItems } from '../../../../shared/reviews/model/refresh-items.ts'
import type { ReviewItem } from '../../../../shared/reviews/model/review-item.ts'
import { anItem, at, now, theEvidence, theTerms } from '../review-parts.ts'

const seen = at('2026-11-30')
/** The grant as a later sync finds it. */
const found = (change: Partial<ReviewItem> = {}, isInScope = true, since = now) => ({
  item: anItem({ createdAt: seen, ...change }),
  since,
  isInScope,
})
const keep = (item: ReviewItem) => decideItem(item, { decision: 'keep' }, { by: 'user:usr_2', at: seen })
const decided = keep(anItem())
const less = theTerms({ roles: ['compute:read'] })

describe('a grant without an item', () => {
  it('gets one, if it is in scope', () => {
    expect(refreshItems([found()], [])).toEqual([{ before: undefined, after: found().item }])
    expect(refreshItems([found({}, false)], [])).toEqual([])
  })
})

describe('a grant that is the same', () => {
  it.each<[string, ReviewItem]>([
    ['open', anItem()],
    ['decided', decided],
    ['applied', anItem({ state: 'applied' })],
    ['verified', anItem({ state: 'verified' })],
  ])('leaves its item as it is, %s', (_state, item) => {
    expect(refreshItems([found()], [item])).toEqual([])
    expect(refreshItems([found({}, false)], [item])).toEqual([])
  })

  it.each([
    ['roles in another order', { roles: ['dns:read', 'compute:manage'] }],
    ['another granter', { roles: ['compute:manage', 'dns:read'], grantedBy: 'user:usr_9' }],
  ])('is the same with %s', (_what, terms) => {
    const item = keep(anItem({ terms: theTerms({ roles: ['compute:manage', 'dns:read'] }) }))
    expect(refreshItems([found({ terms: theTerms(terms) })], [item])).toEqual([])
  })

  it('gets a new recommendation while undecided, and keeps a decision', () => {
    const used: Partial<ReviewItem> = {
      evidence: theEvidence({ lastUse: { manage: '2026-11-29' } }),
      recommendation: { advice: 'keep', because: 'in-use' },
    }
    const item = anItem({ earlier: [{ decision: 'keep', by: 'user:usr_2', at: now }] })
    const [refreshed] = refreshItems([found(used)], [item])
    expect(refreshed?.after).toMatchObject({ ...used, createdAt: now, earlier: item.earlier, state: 'open' })
    expect(refreshItems([found(used)], [decided])).toEqual([])
  })

  it('is not written for usage that changes no recommendation', () => {
    const evidence = theEvidence({ elsewhere: '2025-11-29', asOf: '2026-11-30' })
    expect(refreshItems([found({ evidence })], [anItem()])).toEqual([])
  })
})

describe('a grant that has changed', () => {
  it.each<[string, Partial<ReviewItem>]>([
    ['roles', { terms: less }],
    ['its expiry', { terms: theTerms({ expiresAt: at('2027-01-01') }) }],
    ['its time', { terms: theTerms({ grantedAt: seen }) }],
    ['its source', { terms: theTerms({ source: 'webhook' }) }],
    ['capabilities', { terms: theTerms({ capabilities: ['view'] }) }],
    ['the type of its user', { userType: 'customer-client' }],
  ])('is open again, if it is %s', (_what, change) => {
    const { createdAt, decision } = decided
    const after = { ...found(change).item, createdAt, earlier: [decision] }
    expect(refreshItems([found(change)], [decided])).toEqual([{ before: decided, after }])
  })

  it('keeps the last twenty decisions, however often it changes', () => {
    let item = anItem()
    for (let turn = 0; turn < 30; turn++) {
      const terms = theTerms({ grantedAt: at('2026-11-30', `10:${10 + turn}`) })
      const [refreshed] = refreshItems([found({ terms })], [keep(item)])
      item = refreshed?.after ?? item
    }
    expect(item.earlier).toHaveLength(20)
  })

  it('leaves an applied item as it is', () => {
    for (const state of ['applied', 'verified'] as const)
      expect(refreshItems([found({ terms: less })], [anItem({ state })])).toEqual([])
  })
})

describe('a grant that has changed to something out of the scope', () => {
  const promoted = { userType: 'customer-admin' } as const

  it('makes its item gone, so that no default applies to it', () => {
    const after = { ...decided, state: 'gone', goneBecause: 'not within the scope any more' }
    expect(refreshItems([found(promoted, false)], [decided])).toEqual([{ before: decided, after }])
  })

  it('opens its item again only once it is back in scope', () => {
    const [closed] = refreshItems([found(promoted, false)], [decided])
    const items = closed ? [closed.after] : []
    expect(refreshItems([found(promoted, false)], items)).toEqual([])
    expect(refreshItems([], items)).toEqual([])
    const [back] = refreshItems([found()], items)
    expect(back?.after).toMatchObject({ state: 'open', earlier: [decided.decision] })
  })
})

describe('a grant that is gone', () => {
  it('makes its item gone, with the decision so far', () => {
    const [refreshed] = refreshItems([], [{ ...decided, problem: 'refused' }])
    expect(refreshed?.after).toEqual({ ...decided, state: 'gone', goneBecause: 'not held any more' })
  })

  it('is recorded once, and not on applied items', () => {
    for (const state of ['gone', 'applied', 'verified'] as const)
      expect(refreshItems([], [anItem({ state })])).toEqual([])
  })

  it('opens its item again when it comes back, even unchanged', () => {
    const [gone] = refreshItems([], [decided])
    const [back] = refreshItems([found()], gone ? [gone.after] : [])
    expect(back?.after).toMatchObject({ state: 'open', earlier: [decided.decision], createdAt: now })
    expect(back?.after.goneBecause).toBeUndefined()
    expect(back?.after.decision).toBeUndefined()
  })
})

describe('once decisions have ended', () => {
  const ended = at('2026-11-29')
  const later = at('2026-11-29', '00:01')
  const left = { state: 'verified', outcome: { decision: 'keep', by: 'changed' } }

  it('a grant from before gets an item, and a later one an item that is kept', () => {
    expect(refreshItems([found()], [], ended)).toMatchObject([{ after: { state: 'open' } }])
    expect(refreshItems([found({}, true, ended)], [], ended)).toMatchObject([{ after: left }])
    expect(refreshItems([found({}, true, later)], [], ended)).toMatchObject([{ after: left }])
    expect(refreshItems([found({}, false, later)], [], ended)).toEqual([])
  })

  it('a grant that came back opens again only if it was held before the end', () => {
    const [closed] = refreshItems([], [decided])
    const items = closed ? [closed.after] : []
    expect(refreshItems([found()], items, ended)).toMatchObject([{ after: { state: 'open' } }])
    expect(refreshItems([found({}, true, later)], items, ended)).toMatchObject([{ after: left }])
  })

  it.each([anItem(), decided])('a changed grant stays as it is: $state before', (item) => {
    const after = { ...item, ...left, appliedAt: seen, verifiedAt: seen }
    expect(refreshItems([found({ terms: less })], [item], ended)).toEqual([{ before: item, after }])
  })

  it('an unchanged item stays, one out of the scope is gone', () => {
    expect(refreshItems([found({}, true, later)], [decided], ended)).toEqual([])
    const outside = found({ userType: 'customer-admin' }, false, later)
    expect(refreshItems([outside], [decided], ended)).toMatchObject([{ after: { state: 'gone' } }])
  })
})

it('tells grants of one user apart by their resource', () => {
  const refreshed = refreshItems([found({ resource: { kind: 'server', id: 'prj_1' } } as const)], [anItem()])
  expect(refreshed.map(({ after }) => [after.resource.kind, after.state])).toEqual([
    ['server', 'open'],
    ['project', 'gone'],
  ])
})

describe('the fate of an item', () => {
  const item = anItem()
  const effective = { terms: item.terms, userType: item.userType }
  const kept = { decision: 'keep', by: 'default' } as const
  const revoked = { decision: 'revoke', by: 'default' } as const

  it.each([
    ['gone', 'without a grant', undefined, revoked],
    ['unchanged', 'with another grant', { ...effective, terms: theTerms({ grantedAt: now }) }, revoked],
    ['unchanged', 'with another type', { ...effective, userType: 'customer-client' }, revoked],
    ['keep', 'that is kept', effective, kept],
    ['apply', 'that is kept for a time', effective, { ...kept, until: at('2027-01-01') }],
    ['apply', 'that is revoked', effective, revoked],
  ] as const)('is `%s` %s', (fate, _name, grant, outcome) => {
    expect(fateOf(item, grant, outcome)).toBe(fate)
  })
})
