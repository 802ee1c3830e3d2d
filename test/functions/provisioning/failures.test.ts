import { expect, test } from 'vitest'
import type { SourcePolicy } from '../../../functions/provisioning/source-policy.ts'
import { listEvents } from '../../../shared/records/audit-events.ts'
import { startTestEngine } from '../../support/engine.ts'
import { startProvisioned } from '../../support/provisioned.ts'
import type { TimedEvent } from '../../support/timeline.ts'
import { stoppedClock } from './clock.ts'
import { viewDirectory } from './directory-view.ts'
import {
  anns,
  customer,
  customerId,
  event,
  mail,
  membership,
  project,
  server,
  user,
  withId,
} from './scene.ts'

const engine = await startTestEngine()

const there = [
  customer.created,
  anns.created(1, 'tech'),
  user.created(2, 'eve', 'admin'),
  project.created(3, 'web'),
  server.created(4, 'vm1'),
  anns.granted(5, ['compute:read']),
]

const without = (it: TimedEvent, field: string): TimedEvent => {
  const { [field]: _, ...data } = it.data
  return { ...it, data }
}
const having = (it: TimedEvent, more: object): TimedEvent => ({ ...it, data: { ...it.data, ...more } })

const like = (text: string): unknown => expect.stringContaining(text)
const ofRole = like('must be `<service>:<level>` or `full`')
const ofType = '/type must be one of customer-admin, customer-billing, customer-tech, customer-client'
const locked = "the main-customer's memberships cannot be changed"
const mainName = "the customer's identifier is the name of its Main project"
const identifier = '/customerId must be a customer identifier such as BGE000081'
const nameTooLong = '/name must be at most 54 characters long'
const exists = `customer ${customerId} exists, with its main-customer`
const byTransfer = "the main-customer's type changes by ownership transfer only"
const noMainCustomer = without({ ...customer.created, id: 'e009' }, 'mainCustomer')
const abroad = { contact: { address: { street: 'A', city: 'B', postalCode: '1', country: 'ZZ' } } }
const tooLong = '/project must be at most 54 characters long'
const newcomer = user.created(9, 'bob', 'tech')
const granting = anns.granted(9)

const rows: [name: string, TimedEvent, reason: unknown][] = [
  ['a second customer.created', event(9, 'customer.created', customer.created.data), exists],
  ['a promotion to main-customer', having(anns.became(9, 'admin'), { type: 'main-customer' }), ofType],
  ['the deletion of the main-customer', user.deleted(9, 'owner'), 'the main-customer cannot be deleted'],
  ['the disabling of the main-customer', user.disabled(9, 'owner'), 'the main-customer cannot be disabled'],
  ['another type for the main-customer', user.typeChanged(9, 'owner', 'admin'), byTransfer],
  ['a project for the main-customer', membership.granted(9, 'owner', 'web'), locked],
  ['a role in Main for the main-customer', membership.granted(9, 'owner', customerId, ['cdn']), locked],
  ['a project revoked from the main-customer', membership.revoked(9, 'owner', 'web'), locked],
  ['Main revoked from the main-customer', membership.revoked(9, 'owner', customerId), locked],
  ['a project named as its customer', project.created(9, customerId), mainName],
  ['the deletion of the Main project', project.deleted(9, customerId), 'the Main project cannot be deleted'],
  ['an identifier of the wrong form', having(newcomer, { customerId: 'bge000001' }), identifier],
  ['an unknown role', anns.granted(9, ['compute:write']), ofRole],
  ['a role of Main elsewhere', anns.granted(9, ['cdn']), ofRole],
  [
    'a role of OpenStack in Main',
    membership.granted(9, 'ann', customerId),
    like('the Main project knows no role but `cdn`'),
  ],
  ['no role', anns.granted(9, []), like('must name at least one role')],
  ['an unknown capability', anns.assigned(9, ['fly']), like('/capabilities/0 must be one of view, power,')],
  [
    'an expiry that is no time',
    having(granting, { expiresAt: 'tomorrow' }),
    like('/expiresAt must be an RFC 3339 time'),
  ],
  ['an address that is none', having(newcomer, { email: 'bob' }), like('/email must be an e-mail address')],
  ['a user without a name', without(newcomer, 'name'), '/name is missing'],
  ['a rename to nothing', anns.renamed(9, ''), '/name must not be empty'],
  ['a project name of 55 characters', project.created(9, 'x'.repeat(55)), nameTooLong],
  ['a host name that is none', server.created(9, 'vm2', 'no host'), like('/hostname must be a host name')],
  [
    'a country that is none',
    customer.updated(9, abroad),
    '/contact/address/country must be an ISO 3166-1 alpha-2 country code',
  ],
  ['a customer without a main-customer', noMainCustomer, like('/mainCustomer is missing')],
]

const unchanged = await startProvisioned(engine)
await unchanged.deliverAll(there)
const before = await viewDirectory(unchanged.table)
let count = 0

test.each(rows)('%s fails at once, for good, and changes nothing', async (_name, refused, reason) => {
  const id = `refused${++count}`
  await unchanged.deliverEach([withId(id, refused)])
  expect(await unchanged.statusOf(id)).toBe('failed')
  expect(await unchanged.reasonOf(id)).toEqual(reason)
  expect(await viewDirectory(unchanged.table)).toEqual(before)
  const { items } = await listEvents(unchanged.table, customerId, { limit: 100 })
  expect(items).toHaveLength(there.length)
  expect(unchanged.failures).toEqual([])
})

const misfits: typeof rows = [
  ...rows.filter(([name]) =>
    /^(an unknown|no role|a role of|a host name|the deletion of the Main)/.test(name),
  ),
  ['a grant on a project of too long a name', membership.granted(9, 'ann', 'x'.repeat(55)), tooLong],
  ['its revocation', membership.revoked(9, 'ann', 'x'.repeat(55)), tooLong],
  ['its deletion', project.deleted(9, 'x'.repeat(55)), nameTooLong],
]

test('an event that can never fit fails at once, also before its customer exists: it waits for no name', async () => {
  const service = await startProvisioned(engine)
  for (const [index, [, refused, reason]] of misfits.entries()) {
    const sent = withId(`never${index}`, refused)
    await service.deliverEach([sent])
    expect([await service.statusOf(sent.id), await service.reasonOf(sent.id)]).toEqual(['failed', reason])
  }
  expect(misfits.length).toBeGreaterThan(8)
  await service.stop()
})

test("a reason never repeats the event's data", async () => {
  const service = await startProvisioned(engine)
  const secret = 'sesame@\u0000'
  const refused = having(newcomer, { email: secret, name: [secret], type: secret, main: secret })
  await service.deliverEach([refused])
  expect(await service.reasonOf(refused.id)).toMatch(/^\/email .*; \/name .*; \/type .*; \/main /)
  expect(await service.reasonOf(refused.id)).not.toContain('sesame')
  await service.stop()
})

test.each([
  [project.created(5, 'x'.repeat(54))],
  [project.created(5, '\u{1f309}'.repeat(54))],
  [anns.inMain(6, [])],
  [user.created(7, 'bob', 'tech', { name: 'x'.repeat(200) })],
])('an event just within the limits is applied', async (fits) => {
  const service = await startProvisioned(engine)
  await service.deliverEach([customer.created, anns.created(1, 'tech'), fits])
  expect(await service.statusOf(fits.id)).toBe('applied')
  await service.stop()
})

test('an event newer than a closing fails, an older one is applied', async () => {
  const service = await startProvisioned(engine)
  const late = [user.created(20, 'bob', 'tech'), customer.resumed(21), customer.closed(22)]
  await service.deliverEach([...there, customer.closed(10), ...late, anns.deleted(9)])
  const states = await Promise.all(late.map(({ id }) => service.statusOf(id)))
  expect(states).toEqual(['failed', 'failed', 'failed'])
  expect(await service.reasonOf('e020')).toBe(`customer ${customerId} is closed, and closing is final`)
  expect(await service.statusOf('e009')).toBe('applied')
  expect(await viewDirectory(service.table)).toMatchObject({ customer: 'closed', users: { eve: /./ } })
  expect((await viewDirectory(service.table)).users).not.toHaveProperty('ann')
  await service.stop()
})

const policies: [name: string, policy: SourcePolicy | undefined, status: string, reason?: string][] = [
  ['of any type for any customer', {}, 'applied'],
  [
    'of a type and for a customer on its lists',
    { types: ['customer.created'], customers: [customerId] },
    'applied',
  ],
  ['of another type', { types: ['user.created'] }, 'failed', 'the source may not send customer.created'],
  ['for another customer', { customers: ['ABC000001'] }, 'failed', 'the source may not touch this customer'],
  ['with an empty list', { customers: [] }, 'failed', 'the source may not touch this customer'],
  ['that is not configured (yet), which waits', undefined, 'waiting', 'the source is not configured'],
]

test.each(policies)('an event of a source %s', async (_name, policy, status, reason) => {
  const service = await startProvisioned(engine, { sources: policy ? { orders: policy } : { other: {} } })
  await service.deliverEach([customer.created])
  expect(await service.statusOf(customer.created.id)).toBe(status)
  expect(await service.reasonOf(customer.created.id)).toBe(reason)
  await service.stop()
})

test('sources have each their own ids and their own limits', async () => {
  const sources = { orders: {}, crm: { types: ['user.created'] } }
  const service = await startProvisioned(engine, { sources })
  await service.record(customer.created, 'crm')
  await service.settle()
  await service.record(customer.created, 'orders')
  await service.settle()
  expect(await service.statusOf(customer.created.id, 'crm')).toBe('failed')
  expect(await service.statusOf(customer.created.id, 'orders')).toBe('applied')
  await service.record(anns.created(1, 'tech'), 'crm')
  await service.settle()
  const { items } = await listEvents(service.table, customerId, { limit: 9 })
  expect(items.map(({ actor }) => actor)).toEqual([
    { kind: 'webhook', id: 'crm' },
    { kind: 'webhook', id: 'orders' },
  ])
  await service.stop()
})

test.each([
  ['2026-08-02T00:05:00Z', 'applied'],
  ['2026-08-02T00:05:00.000000001Z', 'failed'],
  ['2026-08-02T02:05:00+02:00', 'applied'],
  ['2026-08-01T19:06:00-05:00', 'failed'],
  ['1970-01-01T00:00:00Z', 'applied'],
])('a timestamp %s, received at 2026-08-02T00:00:00Z: %s', async (timestamp, status) => {
  const service = await startProvisioned(engine, { now: stoppedClock('2026-08-02T00:00:00Z').now })
  await service.deliverEach([{ ...customer.created, timestamp }])
  expect(await service.statusOf(customer.created.id)).toBe(status)
  const ahead = 'the timestamp is more than five minutes ahead of its arrival'
  expect(await service.reasonOf(customer.created.id)).toBe(status === 'failed' ? ahead : undefined)
  await service.stop()
})

test('a user of another customer is no user of this one', async () => {
  const service = await startProvisioned(engine)
  const elsewhere = membership.granted(9, 'ann', 'web', ['full'], { customerId: 'ABC000001' })
  const otherBorn = {
    ...customer.created,
    id: 'other',
    data: { ...customer.created.data, customerId: 'ABC000001' },
  }
  await service.deliverEach([...there, otherBorn, elsewhere])
  expect(await service.statusOf(elsewhere.id)).toBe('waiting')
  expect((await viewDirectory(service.table)).grants).toMatchObject({ 'ann web': 'compute:read' })
  expect((await viewDirectory(service.table, 'ABC000001')).users).toEqual({})
  expect(mail('ann')).toBe(elsewhere.data.user)
  await service.stop()
})
