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

/** What is said, a text a word: its sort key. */
const saidOf = (...changes: ResourceChange[]) => syncRequestsFor(customerId, changes, now).map(textOf)

function textOf(write: Write): string {
  if (!('touch' in write)) throw new Error('a word is a touch')
  expect(write.touch.pk).toBe(`C#${customerId}`)
  return write.touch.sk
}

describe('a project', () => {
  const web = { kind: 'openstack', name: 'web', status: 'active' }
  it.each<[string, Side, Side]>([
    ['created', undefined, web],
    ['renamed', web, { ...web, name: 'shop' }],
    ['described', web, { ...web, description: 'The shop' }],
    ['being deleted', web, { ...web, status: 'deleting' }],
    ['deleted', web, undefined],
  ])('that is %s is touched', (_name, before, after) => {
    expect(saidOf(changed('project', 'prj_1', before, after))).toEqual(['OPENSTACK#prj_1'])
  })

  it('called Main is nothing to OpenStack', () => {
    expect(saidOf(changed('project', 'main', undefined, { kind: 'main' }))).toEqual([])
  })
})

describe('a membership', () => {
  it.each<[string, Side, Side]>([
    ['given', undefined, { roles: ['full'] }],
    ['changed', { roles: ['dns:read'] }, { roles: ['full'] }],
    ['taken', { roles: ['full'] }, { revoked: true }],
    ['gone', { roles: ['full'] }, undefined],
  ])('that is %s touches its project, and names the user', (_name, before, after) => {
    expect(saidOf(changed('membership', 'prj_1/usr_1', before, after))).toEqual(['OPENSTACK#prj_1'])
  })

  it('of Main says nothing', () => {
    expect(saidOf(membership('main/usr_1'))).toEqual([])
  })

  it('and others of the same project touch it once', () => {
    const project = changed('project', 'prj_1', undefined, { name: 'web' })
    expect(saidOf(membership('prj_1/usr_1'), project, membership('prj_1/usr_2'))).toEqual(['OPENSTACK#prj_1'])
  })

  it('of a user who is spread is left out', () => {
    const user = changed('user', 'usr_1', { type: 'customer-admin' }, { type: 'customer-tech' })
    expect(saidOf(user, membership('prj_1/usr_1'), membership('prj_2/usr_2'))).toEqual([
      'FANOUT#user#usr_1',
      'OPENSTACK#prj_2',
    ])
  })

  it('of a user who is not spread stays', () => {
    const user = changed('user', 'usr_1', { name: 'Ann' }, { name: 'Anna' })
    expect(saidOf(user, membership('prj_1/usr_1'))).toEqual(['OPENSTACK#prj_1'])
  })
})

describe('a user', () => {
  const ann = { email: 'ann@a.example', name: 'Ann', type: 'customer-tech', status: 'active', login: 'l1' }
  it.each<[string, Side]>([
    ['is called otherwise by mail', { ...ann, email: 'anna@a.example' }],
    ['becomes another type', { ...ann, type: 'customer-client' }],
    ['is disabled', { ...ann, status: 'disabled' }],
    ['is admin since another moment', { ...ann, adminSince: now }],
    ['was deleted before it began', { ...ann, lastDeleted: 's' }],
    ['has had a type that brings memberships', { ...ann, typeStamp: 's' }],
    ['has had a type that takes them', { ...ann, voidUntil: 's' }],
    ['was the main-customer', { ...ann, wasOwner: true }],
    ['is deleted', undefined],
  ])('who %s is spread', (_name, after) => {
    expect(saidOf(changed('user', 'usr_1', ann, after))).toEqual(['FANOUT#user#usr_1'])
  })

  it.each([
    ['name', { ...ann, name: 'Anna' }],
    ['login', { ...ann, login: undefined }],
  ])('whose %s changes is not', (_name, after) => {
    expect(saidOf(changed('user', 'usr_1', ann, after))).toEqual([])
  })

  it('who is new is not: nobody has given anything yet', () => {
    expect(saidOf(changed('user', 'usr_1', undefined, ann))).toEqual([])
  })

  it('who is new and an admin is, for an event may tell late of it', () => {
    const admin = { ...ann, type: 'customer-admin', adminSince: now }
    expect(saidOf(changed('user', 'usr_1', undefined, admin))).toEqual(['FANOUT#user#usr_1'])
  })
})

describe('a customer', () => {
  const acme = { organisation: 'Acme', status: 'active', mainCustomerId: 'usr_1' }

  it.each(['suspended', 'closed'])('that becomes %s is spread', (status) => {
    expect(saidOf(changed('customer', customerId, acme, { ...acme, status }))).toEqual([
      `FANOUT#customer#${customerId}`,
    ])
  })

  it('whose organisation, contact or billing changes says nothing', () => {
    const after = { ...acme, organisation: 'Acme Ltd', contact: {}, billing: {} }
    expect(saidOf(changed('customer', customerId, acme, after))).toEqual([])
  })

  it('that is new says nothing', () => {
    expect(saidOf(changed('customer', customerId, undefined, acme))).toEqual([])
  })
})

it('an ownership that is handed over is said of both users, and not of the customer', () => {
  const customer = changed('customer', customerId, { status: 'active' }, { status: 'active' })
  const [heir, owner] = [{ type: 'customer-admin' }, { type: 'main-customer' }]
  expect(
    saidOf(customer, changed('user', 'usr_1', owner, heir), changed('user', 'usr_2', heir, owner)),
  ).toEqual(['FANOUT#user#usr_1', 'FANOUT#user#usr_2'])
})

it.each<[AuditedType, string]>([
  ['server', 'vps-1'],
  ['assignment', 'vps-1/usr_1'],
  ['transfer', customerId],
  ['login', 'l1'],
  ['openstack', 'prj_1'],
])('what concerns a %s says nothing', (type, id) => {
  expect(saidOf(changed(type, id, undefined, {}))).toEqual([])
})
