import { describe, expect, it } from 'vitest'
import { membershipOf } from '../../../../shared/domain/access/membership.ts'
import { isExpired, type StoredGrant } from '../../../../shared/domain/entities/grant.ts'
import {
  adminSince,
  typeSince,
  type TypeEntry,
  revokedByTypeSince,
  wasOwner,
  withType,
} from '../../../../shared/domain/entities/user-type.ts'
import { minInstant } from '../../../../shared/domain/values/instant.ts'
import { aGrant, aProject, aUser } from '../../reviews/review-parts.ts'

const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000000000Z`
const stamp = (second: number) => `${at(second)}#evt`

const user = (...types: [type: TypeEntry['type'], second: number, since?: string][]) =>
  aUser('customer-tech', {
    types: types.map(([type, second, since]) => ({ type, at: stamp(second), since })),
  })
const project = (second: number) => aProject({ createdAt: at(second) })
const older = project(1)
const main = aProject({ kind: 'main', id: 'main', createdAt: at(0) })
const stored = (second: number, terms: Partial<StoredGrant> = {}) =>
  aGrant({ roles: ['compute:read'], stamp: stamp(second), grantedAt: at(second), ...terms })
const revoked = (second: number) => stored(second, { revoked: true })

describe('membership of an OpenStack project by type', () => {
  it('counts a project of the very instant of the promotion as new', () => {
    expect(membershipOf(user(['customer-admin', 5]), project(5), undefined)?.roles).toEqual(['full'])
  })

  it('leaves an admin out of older projects', () => {
    expect(membershipOf(user(['customer-admin', 5]), project(4), undefined)).toBeUndefined()
  })

  it('starts anew after a demotion', () => {
    const promotedAgain = user(['customer-admin', 1], ['customer-tech', 3], ['customer-admin', 6])
    expect(adminSince(promotedAgain.types)).toBe(at(6))
    expect(membershipOf(promotedAgain, project(4), undefined)).toBeUndefined()
    expect(membershipOf(promotedAgain, project(6), undefined)?.source).toBe('type')
  })

  it('gives way to a stored grant, even an expired one', () => {
    const membership = membershipOf(user(['customer-admin', 1]), project(4), stored(6, { expiresAt: at(7) }))
    expect(membership).toMatchObject({ roles: ['compute:read'], source: 'explicit' })
    expect(isExpired({ expiresAt: at(7) }, at(7))).toBe(true)
    expect(isExpired({ expiresAt: at(8) }, at(7))).toBe(false)
  })

  it('ends with the removal of an admin, not with a removal before the promotion', () => {
    const admin = user(['customer-admin', 5])
    expect(membershipOf(admin, project(6), revoked(7))).toBeUndefined()
    expect(membershipOf(admin, project(6), revoked(4))?.roles).toEqual(['full'])
  })

  it('is the main-customer’s whatever is stored', () => {
    const owner = user(['main-customer', 0])
    expect(membershipOf(owner, project(4), revoked(9))?.roles).toEqual(['full'])
  })

  it('is over when the project is deleted or being deleted', () => {
    const owner = user(['main-customer', 0])
    expect(membershipOf(owner, { ...project(4), deleted: stamp(5) }, undefined)).toBeUndefined()
    expect(membershipOf(owner, { ...project(4), status: 'deleting' }, undefined)).toBeUndefined()
  })
})

describe('membership of Main', () => {
  it('comes with billing, ends by removal and comes back with the next type that brings it', () => {
    const billing = user(['customer-billing', 1])
    expect(membershipOf(billing, main, undefined)?.source).toBe('type')
    expect(membershipOf(billing, main, revoked(3))).toBeUndefined()
    const promoted = user(['customer-billing', 1], ['customer-admin', 4])
    expect(membershipOf(promoted, main, revoked(3))?.source).toBe('type')
  })

  it('is a tech’s only if given', () => {
    const tech = user(['customer-tech', 1])
    expect(membershipOf(tech, main, undefined)).toBeUndefined()
    expect(membershipOf(tech, main, stored(2, { roles: ['cdn'] }))?.roles).toEqual(['cdn'])
  })
})

describe('a history of types', () => {
  it('revokes grants from before billing, also when the type changes again, and no later ones', () => {
    const back = user(['customer-tech', 1], ['customer-billing', 3], ['customer-tech', 5])
    expect(revokedByTypeSince(back.types, stamp(2))).toBe(true)
    expect(revokedByTypeSince(back.types, stamp(4))).toBe(false)
    expect(membershipOf(back, project(0), stored(2))).toBeUndefined()
  })

  it('isn’t broken by billing set twice', () => {
    const twice = user(['customer-billing', 3], ['customer-billing', 6])
    expect(typeSince(twice.types)).toBe(stamp(3))
    expect(revokedByTypeSince(twice.types, stamp(4))).toBe(false)
  })

  it('takes a late entry at its place in time, once', () => {
    const late = { type: 'customer-tech', at: stamp(3) } as const
    const types = withType(user(['customer-admin', 1], ['customer-admin', 5]).types, late)
    expect(types.map(({ type }) => type)).toEqual(['customer-admin', 'customer-tech', 'customer-admin'])
    expect(adminSince(types)).toBe(at(5))
    expect(withType(types, late)).toBe(types)
  })
})

describe('an admin who joined the projects that were there', () => {
  const joined = user(['customer-tech', 0], ['customer-admin', 5, minInstant])

  it('is a member of an older project, as a plain new admin is not', () => {
    expect(adminSince(joined.types)).toBe(minInstant)
    expect(membershipOf(joined, older, undefined)?.roles).toEqual(['full'])
    const plain = user(['customer-tech', 0], ['customer-admin', 5])
    expect(membershipOf(plain, older, undefined)).toBeUndefined()
  })

  it('may have asked for it later, and stays out of what it was removed from since it is admin', () => {
    const later = user(['customer-admin', 2], ['customer-admin', 5, minInstant])
    expect([adminSince(later.types), typeSince(later.types)]).toEqual([minInstant, stamp(2)])
    expect(membershipOf(later, older, revoked(3))).toBeUndefined()
  })

  it('has it for this period only', () => {
    const again = user(['customer-admin', 2, minInstant], ['customer-tech', 3], ['customer-admin', 4])
    expect(adminSince(again.types)).toBe(at(4))
  })
})

describe('an admin who was the main-customer', () => {
  const former = user(['customer-admin', 2], ['main-customer', 5], ['customer-admin', 8, minInstant])

  it.each([
    ['narrower roles', stored(3)],
    ['an expiry', stored(3, { expiresAt: at(4) })],
    ['a removal', revoked(3)],
  ])('keeps all it had, whatever was stored before: %s', (_, register) => {
    expect(wasOwner(former.types)).toBe(true)
    expect(membershipOf(former, older, register)).toMatchObject({ roles: ['full'], source: 'type' })
  })

  it('is narrowed and removed like any admin from then on', () => {
    expect(membershipOf(former, older, stored(9))?.roles).toEqual(['compute:read'])
    expect(membershipOf(former, older, revoked(9))).toBeUndefined()
  })

  it('has what is stored again once it is no admin any more', () => {
    const tech = aUser('customer-tech', { types: [...former.types, { type: 'customer-tech', at: stamp(9) }] })
    expect(membershipOf(tech, older, stored(3))?.roles).toEqual(['compute:read'])
  })
})
