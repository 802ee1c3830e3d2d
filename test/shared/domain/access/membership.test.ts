import { describe, expect, it } from 'vitest'
import { membershipOf } from '../../../../shared/domain/access/membership.ts'
import { isExpired, type StoredGrant } from '../../../../shared/domain/entities/grant.ts'
import type { Project } from '../../../../shared/domain/entities/project.ts'
import {
  adminSince,
  typeSince,
  type TypeEntry,
  revokedByTypeSince,
  withType,
} from '../../../../shared/domain/entities/user-type.ts'
import type { User } from '../../../../shared/domain/entities/user.ts'

const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000000000Z`
const stamp = (second: number, id = 'evt') => `${at(second)}#${id}`

function user(...types: [TypeEntry['type'], number][]): User {
  const first = stamp(0)
  return {
    id: 'usr_1',
    customerId: 'AAA000001',
    email: 'a@x.example',
    name: 'A',
    status: 'active',
    types: types.map(([type, second]) => ({ type, at: stamp(second) })),
    createdAt: at(0),
    updatedAt: at(0),
    invitedAt: at(0),
    stamps: { name: first, status: first, email: first },
  }
}

function project(created: number, kind: Project['kind'] = 'openstack'): Project {
  const id = kind === 'main' ? 'main' : 'prj_1'
  return {
    id,
    customerId: 'AAA000001',
    kind,
    name: 'p',
    status: 'active',
    createdAt: at(created),
    updatedAt: at(created),
  }
}

function stored(second: number, terms: Partial<StoredGrant> = {}): StoredGrant {
  return {
    customerId: 'AAA000001',
    userId: 'usr_1',
    resource: { kind: 'project', id: 'prj_1' },
    stamp: stamp(second),
    roles: ['compute:read'],
    capabilities: [],
    source: 'webhook',
    grantedBy: 'webhook:orders',
    grantedAt: at(second),
    ...terms,
  }
}

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
    expect(membership).toMatchObject({ roles: ['compute:read'], source: 'webhook' })
    expect(isExpired({ expiresAt: at(7) }, at(7))).toBe(true)
    expect(isExpired({ expiresAt: at(8) }, at(7))).toBe(false)
  })

  it('ends with the removal of an admin, not with a removal before the promotion', () => {
    const admin = user(['customer-admin', 5])
    expect(membershipOf(admin, project(6), stored(7, { revoked: true }))).toBeUndefined()
    expect(membershipOf(admin, project(6), stored(4, { revoked: true }))?.roles).toEqual(['full'])
  })

  it('is the main-customer’s whatever is stored', () => {
    const owner = user(['main-customer', 0])
    expect(membershipOf(owner, project(4), stored(9, { revoked: true }))?.roles).toEqual(['full'])
  })

  it('is over when the project is deleted or being deleted', () => {
    const owner = user(['main-customer', 0])
    expect(membershipOf(owner, { ...project(4), deleted: stamp(5) }, undefined)).toBeUndefined()
    expect(membershipOf(owner, { ...project(4), status: 'deleting' }, undefined)).toBeUndefined()
  })
})

describe('membership of Main', () => {
  it('comes with billing, ends by removal and comes back with the next type that brings it', () => {
    const main = project(0, 'main')
    const removal = stored(3, { revoked: true })
    expect(membershipOf(user(['customer-billing', 1]), main, undefined)?.source).toBe('type')
    expect(membershipOf(user(['customer-billing', 1]), main, removal)).toBeUndefined()
    expect(membershipOf(user(['customer-billing', 1], ['customer-admin', 4]), main, removal)?.source).toBe(
      'type',
    )
  })

  it('is a tech’s only if given', () => {
    const main = project(0, 'main')
    expect(membershipOf(user(['customer-tech', 1]), main, undefined)).toBeUndefined()
    expect(membershipOf(user(['customer-tech', 1]), main, stored(2, { roles: ['cdn'] }))?.roles).toEqual([
      'cdn',
    ])
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
    const types = withType(user(['customer-admin', 1], ['customer-admin', 5]).types, {
      type: 'customer-tech',
      at: stamp(3),
    })
    expect(types.map(({ type }) => type)).toEqual(['customer-admin', 'customer-tech', 'customer-admin'])
    expect(adminSince(types)).toBe(at(5))
    expect(withType(types, { type: 'customer-tech', at: stamp(3) })).toBe(types)
  })
})
