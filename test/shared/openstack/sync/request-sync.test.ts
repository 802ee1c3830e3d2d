import { describe, expect, it } from 'vitest'
import type { AuditedType, ResourceChange } from '../../../../shared/domain/values/audit-event.ts'
import { syncRequestsFor } from '../../../../shared/openstack/sync/request-sync.ts'
import type { Write } from '../../../../shared/table/item.ts'

const customerId = 'BGE000081'
const now = '2026-11-23T12:00:00.000000000Z'

type Side = Record<string, unknown> | undefined
const changed = (type: AuditedType, id: string, before: Side, after: Side): ResourceChange => ({
  resource: { type, id },
  before,
  after,
})
const membership = (id: string) => changed('membership', id, undefined, { roles: ['full'] })

/** The sort key of each entry. */
const entriesOf = (...changes: ResourceChange[]) => syncRequestsFor(customerId, changes, now).map(textOf)

function textOf(write: Write): string {
  if (!('update' in write)) throw new Error('an entry is an unconditional update')
  expect(write.update.pk).toBe(`C#${customerId}`)
  return write.update.sk
}

describe('a project', () => {
  const web = { kind: 'openstack', name: 'web', status: 'active' }
  it.each<[string, Side, Side]>([
    ['created', undefined, web],
    ['renamed', web, { ...web, name: 'shop' }],
    ['described', web, { ...web, description: 'The shop' }],
    ['being deleted', web, { ...web, status: 'deleting' }],
    ['deleted', web, undefined],
  ])('that is %s is marked pending', (_name, before, after) => {
    expect(entriesOf(changed('project', 'prj_1', before, after))).toEqual(['OPENSTACK#prj_1'])
  })

  it('called Main has no entry', () => {
    expect(entriesOf(changed('project', 'main', undefined, { kind: 'main' }))).toEqual([])
  })
})

describe('a membership', () => {
  it.each<[string, Side, Side]>([
    ['granted', undefined, { roles: ['full'] }],
    ['changed', { roles: ['dns:read'] }, { roles: ['full'] }],
    ['revoked', { roles: ['full'] }, { revoked: true }],
    ['removed', { roles: ['full'] }, undefined],
  ])('that is %s marks its project pending', (_name, before, after) => {
    expect(entriesOf(changed('membership', 'prj_1/usr_1', before, after))).toEqual(['OPENSTACK#prj_1'])
  })

  it('of Main has no entry', () => {
    expect(entriesOf(membership('main/usr_1'))).toEqual([])
  })

  it('and others of the same project mark it pending once', () => {
    const project = changed('project', 'prj_1', undefined, { name: 'web' })
    const entries = entriesOf(membership('prj_1/usr_1'), project, membership('prj_1/usr_2'))
    expect(entries).toEqual(['OPENSTACK#prj_1'])
  })

  it('of a user with a fan-out is left out', () => {
    const user = changed('user', 'usr_1', { type: 'customer-admin' }, { type: 'customer-tech' })
    const entries = entriesOf(user, membership('prj_1/usr_1'), membership('prj_2/usr_2'))
    expect(entries).toEqual(['FANOUT#user#usr_1', 'OPENSTACK#prj_2'])
  })

  it('of a user without one stays', () => {
    const user = changed('user', 'usr_1', { name: 'Ann' }, { name: 'Anna' })
    expect(entriesOf(user, membership('prj_1/usr_1'))).toEqual(['OPENSTACK#prj_1'])
  })
})

describe('a user', () => {
  const ann = { email: 'ann@a.example', name: 'Ann', type: 'customer-tech', status: 'active', login: 'l1' }
  it.each<[string, Side]>([
    ['has a new e-mail address', { ...ann, email: 'anna@a.example' }],
    ['has a new type', { ...ann, type: 'customer-client' }],
    ['is disabled', { ...ann, status: 'disabled' }],
    ['is an admin since another moment', { ...ann, adminSince: now }],
    ['was deleted before', { ...ann, lastDeleted: 's' }],
    ['has had a type with implicit memberships', { ...ann, typeStamp: 's' }],
    ['has had a type that ends memberships', { ...ann, voidUntil: 's' }],
    ['was the main-customer', { ...ann, wasOwner: true }],
    ['is deleted', undefined],
  ])('who %s is fanned out', (_name, after) => {
    expect(entriesOf(changed('user', 'usr_1', ann, after))).toEqual(['FANOUT#user#usr_1'])
  })

  it.each([
    ['name', { ...ann, name: 'Anna' }],
    ['login', { ...ann, login: undefined }],
  ])('whose %s changes is not', (_name, after) => {
    expect(entriesOf(changed('user', 'usr_1', ann, after))).toEqual([])
  })

  it('who is new is not, having no memberships yet', () => {
    expect(entriesOf(changed('user', 'usr_1', undefined, ann))).toEqual([])
  })

  it('who is new and an admin is, as the event may be late', () => {
    const admin = { ...ann, type: 'customer-admin', adminSince: now }
    expect(entriesOf(changed('user', 'usr_1', undefined, admin))).toEqual(['FANOUT#user#usr_1'])
  })
})

describe('a customer', () => {
  const acme = { organisation: 'Acme', status: 'active', mainCustomerId: 'usr_1' }

  it.each(['suspended', 'closed'])('that becomes %s is fanned out', (status) => {
    const entries = entriesOf(changed('customer', customerId, acme, { ...acme, status }))
    expect(entries).toEqual([`FANOUT#customer#${customerId}`])
  })

  it('whose organisation, contact or billing changes is not', () => {
    const after = { ...acme, organisation: 'Acme Ltd', contact: {}, billing: {} }
    expect(entriesOf(changed('customer', customerId, acme, after))).toEqual([])
  })

  it('that is new is not', () => {
    expect(entriesOf(changed('customer', customerId, undefined, acme))).toEqual([])
  })
})

it('a transfer of ownership fans out both users, and not the customer', () => {
  const customer = changed('customer', customerId, { status: 'active' }, { status: 'active' })
  const [admin, owner] = [{ type: 'customer-admin' }, { type: 'main-customer' }]
  expect(
    entriesOf(customer, changed('user', 'usr_1', owner, admin), changed('user', 'usr_2', admin, owner)),
  ).toEqual(['FANOUT#user#usr_1', 'FANOUT#user#usr_2'])
})

it.each<[AuditedType, string]>([
  ['server', 'vps-1'],
  ['assignment', 'vps-1/usr_1'],
  ['transfer', customerId],
  ['login', 'l1'],
  ['openstack', 'prj_1'],
])('a change of a %s has no entry', (type, id) => {
  expect(entriesOf(changed(type, id, undefined, {}))).toEqual([])
})
