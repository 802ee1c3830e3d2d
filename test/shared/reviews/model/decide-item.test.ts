import { describe, expect, it, test } from 'vitest'
import type { Capability } from '../../../../shared/domain/entities/capability.ts'
import { services } from '../../../../shared/domain/entities/role.ts'
import { DomainError } from '../../../../shared/domain/values/errors.ts'
import { decideItem, type WantedDecision } from '../../../../shared/reviews/model/decide-item.ts'
import type { ReviewItem } from '../../../../shared/reviews/model/review-item.ts'
import { anItem, at, now, theTerms } from '../review-parts.ts'

const by = 'user:usr_boss'
const decide = (item: ReviewItem, wanted: WantedDecision, when = now) =>
  decideItem(item, wanted, { by, at: when })

/** `conflict`, `locked`, or the pointer of the invalid field. */
function refusal(item: ReviewItem, wanted: WantedDecision): string | undefined {
  try {
    decide(item, wanted)
    return undefined
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return error.errors[0]?.pointer ?? error.code
  }
}

const holding = (...roles: string[]) => anItem({ terms: theTerms({ roles }) })
const main = (...roles: string[]) =>
  anItem({ resource: { kind: 'project', id: 'main' }, terms: theTerms({ roles }) })
const server = anItem({
  resource: { kind: 'server', id: 'srv_1' },
  terms: theTerms({ roles: [], capabilities: ['view', 'power', 'console'] }),
})
const ending = anItem({ terms: theTerms({ expiresAt: at('2026-12-31') }) })
const owners = anItem({ userType: 'main-customer', terms: theTerms({ roles: ['full'], source: 'type' }) })
const later = at('2026-12-30')
const toRoles = (...names: string[]): WantedDecision => ({ decision: 'reduce', roles: names })
const toCapabilities = (...names: Capability[]): WantedDecision => ({
  decision: 'reduce',
  capabilities: names,
})
const everything = services.map((service) => `${service}:manage`)

test.each<[string, ReviewItem, WantedDecision, string | undefined]>([
  ['keeping', holding('compute:manage'), { decision: 'keep' }, undefined],
  ['revoking', holding('compute:manage'), { decision: 'revoke', reason: 'left' }, undefined],
  ['a lower level', holding('compute:manage'), toRoles('compute:operate'), undefined],
  ['one of two', holding('dns:read', 'image:read'), toRoles('dns:read'), undefined],
  ['a service of full', holding('full'), toRoles('dns:manage'), undefined],
  ['all of full but one', holding('full'), toRoles(...everything.slice(1)), undefined],
  ['full, held as such', holding('full'), toRoles('full'), '/roles'],
  ['full, held by services', holding(...everything), toRoles('full'), '/roles'],
  ['all services of full', holding('full'), toRoles(...everything), '/roles'],
  ['full, not held', holding(...everything.slice(1)), toRoles('full'), '/roles'],
  ['what is held', holding('dns:read'), toRoles('dns:read'), '/roles'],
  ['the rights held, each named twice', holding('dns:manage'), toRoles('dns:manage', 'dns:read'), '/roles'],
  ['a level above', holding('dns:read'), toRoles('dns:operate'), '/roles'],
  ['another service', holding('dns:manage'), toRoles('image:read'), '/roles'],
  ['a role above besides', holding('dns:manage'), toRoles('dns:read', 'dns:all'), '/roles'],
  ['cdn of a project', holding('full'), toRoles('cdn'), '/roles'],
  ['no roles', holding('dns:manage'), toRoles(), '/roles'],
  ['nothing named', holding('dns:manage'), { decision: 'reduce' }, '/roles'],
  ['capabilities of a project', holding('full'), toCapabilities('view'), '/capabilities'],
  ['keeping with roles', holding('full'), { decision: 'keep', roles: ['dns:read'] }, '/roles'],
  ['revoking with roles', holding('full'), { decision: 'revoke', roles: ['dns:read'] }, '/roles'],
  ['Main without its cdn', main('cdn'), toRoles(), undefined],
  ['Main with its cdn', main('cdn'), toRoles('cdn'), '/roles'],
  ['Main with a cdn it lacks', main(), toRoles('cdn'), '/roles'],
  ['Main that has no role', main(), toRoles(), '/roles'],
  ['Main with a service', main('cdn'), toRoles('dns:read'), '/roles'],
  ['fewer capabilities', server, toCapabilities('view', 'power'), undefined],
  ['the same capabilities', server, toCapabilities('console', 'power', 'view'), '/capabilities'],
  ['the same, and one twice', server, toCapabilities('console', 'power', 'view', 'view'), '/capabilities'],
  ['fewer, and one twice', server, toCapabilities('view', 'view', 'power'), undefined],
  ['a capability above', server, toCapabilities('view', 'cancel'), '/capabilities'],
  ['no capabilities named', server, { decision: 'reduce' }, '/capabilities'],
  ['roles of a server', server, toRoles('full'), '/roles'],
  ['keeping with capabilities', server, { decision: 'keep', capabilities: ['view'] }, '/capabilities'],
  ['keeping for a while', holding('full'), { decision: 'keep', until: later }, undefined],
  ['reducing for a while', holding('full'), { ...toRoles('dns:read'), until: later }, undefined],
  ['revoking for a while', holding('full'), { decision: 'revoke', until: later }, '/until'],
  ['keeping until now', holding('full'), { decision: 'keep', until: now }, '/until'],
  ['keeping until long ago', holding('full'), { decision: 'keep', until: at('2026-01-01') }, '/until'],
  ['keeping until it ends', ending, { decision: 'keep', until: at('2026-12-31') }, undefined],
  ['keeping for longer than it lasts', ending, { decision: 'keep', until: at('2027-01-01') }, '/until'],
  ['keeping the main-customer’s', owners, { decision: 'keep', reason: 'seen' }, undefined],
  ['revoking the main-customer’s', owners, { decision: 'revoke' }, 'locked'],
  ['reducing the main-customer’s', owners, toRoles('dns:read'), 'locked'],
  ['ending the main-customer’s', owners, { decision: 'keep', until: later }, 'locked'],
  ['keeping what is gone', anItem({ state: 'gone' }), { decision: 'keep' }, 'conflict'],
])('%s', (_name, item, wanted, expected) => {
  const before = structuredClone(item)
  expect(refusal(item, wanted)).toBe(expected)
  expect(item).toEqual(before)
})

test('a decision has its decider and time', () => {
  const wanted = { decision: 'reduce', roles: ['compute:read'], until: later, reason: 'enough' } as const
  const decision = { ...wanted, by, at: now }
  expect(decide(anItem(), wanted)).toEqual({ ...anItem(), state: 'decided', decision })
})

describe('a decision that changes', () => {
  const first = decide(anItem(), { decision: 'keep' }, at('2026-11-28'))

  it('keeps the earlier one', () => {
    expect(first.earlier).toBeUndefined()
    const second = decide(first, { decision: 'revoke', reason: 'left' }, at('2026-11-29'))
    expect(second.decision).toEqual({ decision: 'revoke', reason: 'left', by, at: at('2026-11-29') })
    expect(second.earlier).toEqual([{ decision: 'keep', by, at: at('2026-11-28') }])
  })

  it('keeps the last twenty before it, oldest first', () => {
    let item = anItem()
    for (let turn = 0; turn < 25; turn++)
      item = decide(item, { decision: turn % 2 === 0 ? 'keep' : 'revoke', reason: `${turn}` })
    expect(item.decision?.reason).toBe('24')
    const turns = Array.from({ length: 20 }, (_, place) => `${place + 4}`)
    expect(item.earlier?.map(({ reason }) => reason)).toEqual(turns)
  })
})
