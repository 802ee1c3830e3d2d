import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import {
  eventData,
  EventEnvelope,
  type EventType,
  isEventType,
} from '../../../shared/provisioning/event-types.ts'

const ofCustomer = { customerId: 'BGE000001' }
const ofUser = { ...ofCustomer, user: 'ann@bge.example' }
const terms = { expiresAt: '2030-01-01T00:00:00.000000000Z', reason: 'asked for' }
const contact = {
  name: 'Office',
  email: 'office@bge.example',
  phone: '+31 (0)20 123-4567',
  address: { street: 'Main 1', city: 'Ede', postalCode: '1234 AB', country: 'NL' },
}

/** All fields of each event type (`shared/provisioning/README.md`), and no others. */
const whole: Record<EventType, Record<string, unknown>> = {
  'customer.created': {
    ...ofCustomer,
    organisation: 'Bridge',
    contact,
    billing: { ...contact, companyName: 'Bridge BV', vatNumber: 'NL1', reference: 'PO 1' },
    mainCustomer: { name: 'Owner', email: 'owner@bge.example' },
  },
  'customer.updated': { ...ofCustomer, organisation: 'Bridge', contact, billing: contact },
  'customer.suspended': { ...ofCustomer, reason: 'unpaid' },
  'customer.resumed': { ...ofCustomer, reason: 'paid' },
  'customer.closed': { ...ofCustomer, reason: 'gone' },
  'user.created': { ...ofCustomer, email: 'ann@bge.example', name: 'Ann', type: 'customer-tech', main: true },
  'user.updated': { ...ofUser, name: 'Ann', type: 'customer-client' },
  'user.disabled': ofUser,
  'user.enabled': ofUser,
  'user.deleted': ofUser,
  'project.created': { ...ofCustomer, name: 'web', description: 'Shop' },
  'project.deleted': { ...ofCustomer, name: 'web' },
  'membership.granted': { ...ofUser, project: 'web', roles: ['compute:read'], ...terms },
  'membership.revoked': { ...ofUser, project: 'web' },
  'server.created': { ...ofCustomer, serverId: 'vm1', hostname: 'vm1.bge.example' },
  'server.deleted': { ...ofCustomer, serverId: 'vm1' },
  'server.assigned': { ...ofUser, serverId: 'vm1', capabilities: ['view', 'power'], ...terms },
  'server.unassigned': { ...ofUser, serverId: 'vm1' },
}
const optional: Partial<Record<EventType, string[]>> = {
  'customer.created': ['contact', 'billing'],
  'customer.updated': ['organisation', 'contact', 'billing'],
  'customer.suspended': ['reason'],
  'customer.resumed': ['reason'],
  'customer.closed': ['reason'],
  'user.created': ['main'],
  'user.updated': ['name', 'type'],
  'project.created': ['description'],
  'membership.granted': ['expiresAt', 'reason'],
  'server.assigned': ['expiresAt', 'reason'],
}

const types = Object.keys(whole).filter(isEventType)

test('these eighteen types are known, and no other', () => {
  expect(Object.keys(eventData).toSorted()).toEqual(types.toSorted())
  expect(types).toHaveLength(18)
  for (const name of ['', 'user', 'user.renamed', 'User.created', 'toString', '__proto__'])
    expect(isEventType(name)).toBe(false)
})

describe.each(types)('%s', (type) => {
  const schema = eventData[type]
  const data = whole[type]

  test('takes all its fields, and ignores others', () => {
    expect(v.parse(schema, { ...data, unknown: 'field' })).toEqual(data)
  })

  test.each(Object.keys(data))('needs %s unless it is optional', (field) => {
    const { [field]: _, ...rest } = data
    expect(v.is(schema, rest)).toBe(optional[type]?.includes(field) ?? false)
  })

  test.each(Object.keys(data))('refuses %s of another kind', (field) => {
    for (const value of [null, 7]) expect(v.is(schema, { ...data, [field]: value })).toBe(false)
  })
})

const parsed = (type: EventType, change: object) => v.parse(eventData[type], { ...whole[type], ...change })

test('values are taken in the form in which they are stored', () => {
  const user = parsed('user.created', { email: 'Ann@BGE.example', name: ' Ann\u0301 ' })
  expect(user).toMatchObject({ email: 'ann@bge.example', name: 'An\u0144' })
  const server = parsed('server.created', { hostname: 'VM1.BGE.example' })
  expect(server).toMatchObject({ hostname: 'vm1.bge.example' })
  const granted = parsed('membership.granted', { expiresAt: '2030-01-01T01:00:00+01:00' })
  expect(granted).toMatchObject({ expiresAt: '2030-01-01T00:00:00.000000000Z' })
  const assigned = parsed('server.assigned', { capabilities: ['power'] })
  expect(assigned).toMatchObject({ capabilities: ['view', 'power'] })
  expect(Reflect.get(parsed('project.created', { description: '' }), 'description')).toBeUndefined()
})

test('the envelope is a type, a time and fields', () => {
  const envelope = { type: 'user.created', timestamp: '2026-08-01T02:00:00+02:00', data: { a: 1 }, more: 1 }
  const { more: _, ...known } = { ...envelope, timestamp: '2026-08-01T00:00:00.000000000Z' }
  expect(v.parse(EventEnvelope, envelope)).toEqual(known)
  for (const field of ['type', 'timestamp', 'data'])
    for (const value of [undefined, null, 7])
      expect(v.is(EventEnvelope, { ...envelope, [field]: value })).toBe(false)
  for (const field of ['timestamp', 'data'])
    expect(v.is(EventEnvelope, { ...envelope, [field]: 'x' })).toBe(false)
})
