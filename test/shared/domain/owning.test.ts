import { describe, expect, it } from 'vitest'
import { membershipOf } from '../../../shared/domain/access/membership.ts'
import type { StoredGrant } from '../../../shared/domain/entities/grant.ts'
import type { Project } from '../../../shared/domain/entities/project.ts'
import { adminSince, typeSince, type TypeEntry, wasOwner } from '../../../shared/domain/entities/user-type.ts'
import type { User } from '../../../shared/domain/entities/user.ts'
import { minInstant } from '../../../shared/domain/values/instant.ts'

const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000000000Z`
const stamp = (second: number) => `${at(second)}#01`
const times = { customerId: 'AAA000001', createdAt: at(1), updatedAt: at(1) }
const project: Project = { ...times, id: 'prj_1', kind: 'openstack', name: 'p', status: 'active' }

const entry = (type: TypeEntry['type'], second: number, since?: string): TypeEntry => ({
  type,
  at: stamp(second),
  since,
})

function user(...types: TypeEntry[]): User {
  const stamps = { name: stamp(0), status: stamp(0), email: stamp(0) }
  return {
    ...times,
    id: 'usr_1',
    email: 'a@x.example',
    name: 'A',
    status: 'active',
    types,
    invitedAt: at(0),
    stamps,
  }
}

const stored = (second: number, terms: Partial<StoredGrant> = {}): StoredGrant => ({
  customerId: times.customerId,
  userId: 'usr_1',
  resource: { kind: 'project', id: 'prj_1' },
  stamp: stamp(second),
  roles: ['compute:read'],
  capabilities: [],
  source: 'explicit',
  grantedBy: 'user:usr_2',
  grantedAt: at(second),
  ...terms,
})

describe('an admin who joined the projects that were there', () => {
  const joined = user(entry('customer-tech', 0), entry('customer-admin', 5, minInstant))

  it('is a member of an older project, as a plain new admin is not', () => {
    expect(adminSince(joined.types)).toBe(minInstant)
    expect(membershipOf(joined, project, undefined)?.roles).toEqual(['full'])
    const plain = user(entry('customer-tech', 0), entry('customer-admin', 5))
    expect(membershipOf(plain, project, undefined)).toBeUndefined()
  })

  it('may have asked for it later, and stays out of what it was removed from since it is admin', () => {
    const later = user(entry('customer-admin', 2), entry('customer-admin', 5, minInstant))
    expect([adminSince(later.types), typeSince(later.types)]).toEqual([minInstant, stamp(2)])
    expect(membershipOf(later, project, stored(3, { revoked: true, roles: [] }))).toBeUndefined()
  })

  it('has it for this period only', () => {
    const again = user(
      entry('customer-admin', 2, minInstant),
      entry('customer-tech', 3),
      entry('customer-admin', 4),
    )
    expect(adminSince(again.types)).toBe(at(4))
  })
})

describe('an admin who was the main-customer', () => {
  const former = user(
    entry('customer-admin', 2),
    entry('main-customer', 5),
    entry('customer-admin', 8, minInstant),
  )

  it.each([
    ['narrower roles', stored(3)],
    ['an expiry', stored(3, { expiresAt: at(4) })],
    ['a removal', stored(3, { revoked: true, roles: [] })],
  ])('keeps all it had, whatever was stored before: %s', (_, register) => {
    expect(wasOwner(former.types)).toBe(true)
    expect(membershipOf(former, project, register)).toMatchObject({ roles: ['full'], source: 'type' })
  })

  it('is narrowed and removed like any admin from then on', () => {
    expect(membershipOf(former, project, stored(9))?.roles).toEqual(['compute:read'])
    expect(membershipOf(former, project, stored(9, { revoked: true, roles: [] }))).toBeUndefined()
  })

  it('has what is stored again once it is no admin any more', () => {
    const tech = user(...former.types, entry('customer-tech', 9))
    expect(membershipOf(tech, project, stored(3))?.roles).toEqual(['compute:read'])
  })
})
