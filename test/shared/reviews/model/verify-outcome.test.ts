import { describe, expect, it, test } from 'vitest'
import type { Facts } from '../../../../shared/domain/access/decide.ts'
import { mainProjectOf } from '../../../../shared/domain/access/main-project.ts'
import type { UserType } from '../../../../shared/domain/entities/user-type.ts'
import type { ItemOutcome, ReviewItem } from '../../../../shared/reviews/model/review-item.ts'
import { outcomeMismatch } from '../../../../shared/reviews/model/verify-outcome.ts'
import * as parts from '../review-parts.ts'

const { aCustomer, aGrant, anItem, at, aUser, theTerms } = parts

type Grant = ReturnType<typeof aGrant>

const customer = aCustomer()
const inMain = (change: Partial<Grant> = {}) =>
  aGrant({ resource: { kind: 'project', id: 'main' }, roles: [], ...change })
const onServer = (change: Partial<Grant> = {}) =>
  aGrant({ resource: { kind: 'server', id: 'srv_1' }, roles: [], capabilities: ['view', 'power'], ...change })
const revoked = { revoked: true, stamp: parts.stamp('2026-11-01') }

/** Facts about the user with these stored grants, and the item's resource. */
function factsOf(item: ReviewItem, grants: readonly Grant[], change: Partial<Facts> = {}): Facts {
  const project = item.resource.id === 'main' ? mainProjectOf(customer) : parts.aProject()
  const server = { type: 'server', server: parts.aServer() } as const
  return {
    now: parts.now,
    customer,
    user: aUser(item.userType),
    grants: new Map(grants.map((grant) => [`${grant.resource.kind}/${grant.resource.id}`, grant])),
    main: mainProjectOf(customer),
    resource: item.resource.kind === 'server' ? server : { type: 'project', project },
    ...change,
  }
}

const itemOf = (userType: UserType, { resource, roles, capabilities }: Grant) =>
  anItem({ userType, resource, terms: theTerms({ roles, capabilities }) })
const kept: ItemOutcome = { decision: 'keep', by: 'default' }
const gone: ItemOutcome = { decision: 'revoke', by: 'decision' }
const reduced = (what: Partial<ItemOutcome>): ItemOutcome => ({ decision: 'reduce', by: 'decision', ...what })

const project = aGrant()
const operating = aGrant({ roles: ['compute:operate'] })
const withCdn = inMain({ roles: ['cdn'] })
const withoutCdn = reduced({ roles: [] })
const techs = itemOf('customer-tech', project)
const techsMain = itemOf('customer-tech', withCdn)
const techsServer = itemOf('customer-tech', onServer())
const adminsMain = itemOf('customer-admin', inMain())
const billingsMain = itemOf('customer-billing', inMain())
const derived = itemOf('customer-admin', aGrant({ roles: ['full'] }))
const ownersMain = itemOf('main-customer', inMain())
const owners = itemOf('main-customer', aGrant({ roles: ['full'] }))
const toView = reduced({ capabilities: ['view'] })
const toRead = reduced({ roles: ['compute:read'] })

test.each<[string, ReviewItem, ItemOutcome, Grant[], string | undefined]>([
  ['kept, and held', techs, kept, [project], undefined],
  ['kept, and gone', techs, kept, [], 'compute.read is refused, and should not be'],
  ['kept, and less', techs, kept, [operating], 'compute.manage is refused, and should not be'],
  ['revoked, and gone', techs, gone, [aGrant(revoked)], undefined],
  ['revoked, and held', techs, gone, [project], 'compute.read is allowed still'],
  ['reduced, and less', techs, toRead, [aGrant({ roles: ['compute:read'] })], undefined],
  ['reduced, and held', techs, toRead, [project], 'compute.operate is allowed still'],
  ['reduced, and gone', techs, toRead, [aGrant(revoked)], 'compute.read is refused, and should not be'],
  ['an admin’s by type, kept', derived, kept, [], undefined],
  ['an admin’s by type, revoked and gone', derived, gone, [aGrant(revoked)], undefined],
  ['an admin’s by type, revoked and held', derived, gone, [], 'compute.read is allowed still'],
  ['an admin’s by type, reduced', derived, toRead, [aGrant({ roles: ['compute:read'] })], undefined],
  ['an admin’s by type, reduced and held', derived, toRead, [], 'compute.operate is allowed still'],
  ['the main-customer’s, kept', owners, kept, [], undefined],
  ['the main-customer’s of Main, kept', ownersMain, kept, [], undefined],
  ['Main, kept and held', techsMain, kept, [withCdn], undefined],
  ['Main, kept without its cdn', techsMain, kept, [inMain()], 'cdn.manage is refused, and should not be'],
  ['Main, kept and gone', techsMain, kept, [], 'is not in Main any more'],
  ['Main, revoked and gone', techsMain, gone, [inMain(revoked)], undefined],
  ['Main, revoked and held', techsMain, gone, [inMain()], 'is in Main still'],
  ['Main, reduced', techsMain, withoutCdn, [inMain()], undefined],
  ['Main, reduced and held', techsMain, withoutCdn, [withCdn], 'cdn.manage is allowed still'],
  ['Main, reduced and gone', techsMain, withoutCdn, [], 'is not in Main any more'],
  ['an admin’s Main, kept', adminsMain, kept, [], undefined],
  ['an admin’s Main, revoked and gone', adminsMain, gone, [inMain(revoked)], undefined],
  ['an admin’s Main, revoked and held', adminsMain, gone, [], 'is in Main still'],
  ['billing’s Main, kept', billingsMain, kept, [], undefined],
  ['billing’s Main, revoked and gone', billingsMain, gone, [inMain(revoked)], undefined],
  ['billing’s Main, revoked and held', billingsMain, gone, [], 'is in Main still'],
  ['a server, kept and held', techsServer, kept, [inMain(), onServer()], undefined],
  ['a server, kept and gone', techsServer, kept, [inMain()], 'server.view is refused, and should not be'],
  ['a server, revoked and gone', techsServer, gone, [inMain(), onServer(revoked)], undefined],
  ['a server, revoked and held', techsServer, gone, [inMain(), onServer()], 'server.view is allowed still'],
  ['a server, reduced', techsServer, toView, [inMain(), onServer({ capabilities: ['view'] })], undefined],
  ['a server, reduced, held', techsServer, toView, [inMain(), onServer()], 'server.power is allowed still'],
])('%s', (_name, item, outcome, grants, expected) => {
  expect(outcomeMismatch(factsOf(item, grants), item, outcome)).toBe(expected)
})

describe('a general obstacle does not count as a revocation:', () => {
  const held: [string, ReviewItem, Grant[], Grant[]][] = [
    ['a project', techs, [project], [aGrant(revoked)]],
    ['Main', techsMain, [inMain({ roles: ['cdn'] })], [inMain(revoked)]],
    ['a server', techsServer, [inMain(), onServer()], [inMain(), onServer(revoked)]],
  ]
  const states: [string, Partial<Facts>][] = [
    ['a disabled user', { user: aUser('customer-tech', { status: 'disabled' }) }],
    ['a suspended customer', { customer: aCustomer({ status: 'suspended' }) }],
    ['a closed customer', { customer: aCustomer({ status: 'closed' }) }],
  ]
  for (const [state, change] of states)
    it.each(held)(`${state}: %s`, (_what, item, before, after) => {
      expect(outcomeMismatch(factsOf(item, before, change), item, kept)).toBeUndefined()
      expect(outcomeMismatch(factsOf(item, before, change), item, gone)).toMatch(/still$/)
      expect(outcomeMismatch(factsOf(item, after, change), item, gone)).toBeUndefined()
      expect(outcomeMismatch(factsOf(item, after, change), item, kept)).toBeDefined()
    })

  it('a server’s user who is not in Main, or not any more', () => {
    for (const besides of [[], [inMain(revoked)], [inMain({ expiresAt: at('2026-01-01') })]]) {
      const verify = (grant: Grant, outcome: ItemOutcome) =>
        outcomeMismatch(factsOf(techsServer, [...besides, grant]), techsServer, outcome)
      expect(verify(onServer(), kept)).toBeUndefined()
      expect(verify(onServer(), gone)).toBe('server.view is allowed still')
      expect(verify(onServer(), toView)).toBe('server.power is allowed still')
      expect(verify(onServer(revoked), kept)).toBe('server.view is refused, and should not be')
    }
  })
})

describe('rights that an admin has by type do not count as the grant', () => {
  it.each<[string, ReviewItem, ItemOutcome, Grant[]]>([
    ['a server', itemOf('customer-admin', onServer()), gone, [onServer(revoked)]],
    ['a capability', itemOf('customer-admin', onServer()), toView, [onServer({ capabilities: ['view'] })]],
    ['the cdn', itemOf('customer-admin', withCdn), withoutCdn, [inMain()]],
  ])('of %s', (_what, item, outcome, grants) => {
    expect(outcomeMismatch(factsOf(item, grants), item, outcome)).toBeUndefined()
  })
})

describe('an end', () => {
  const until = at('2026-11-26')
  const ended = aGrant({ expiresAt: until })

  it('that was decided counts once it is past', () => {
    expect(outcomeMismatch(factsOf(techs, [ended]), techs, { ...kept, until })).toBeUndefined()
    expect(outcomeMismatch(factsOf(techs, [project]), techs, { ...kept, until })).toMatch(/still$/)
    const later = { ...kept, until: at('2026-11-28') }
    expect(outcomeMismatch(factsOf(techs, [project]), techs, later)).toBeUndefined()
  })

  it('that the grant had before counts as well', () => {
    const item = { ...techs, terms: theTerms({ expiresAt: until }) }
    expect(outcomeMismatch(factsOf(item, [ended]), item, kept)).toBeUndefined()
    const less = aGrant({ roles: ['compute:read'], expiresAt: until })
    expect(outcomeMismatch(factsOf(item, [less]), item, toRead)).toBeUndefined()
  })
})
