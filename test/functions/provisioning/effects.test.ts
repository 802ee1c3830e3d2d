import { expect, test } from 'vitest'
import { findCustomer } from '../../../shared/records/customers.ts'
import { listProjects } from '../../../shared/records/projects.ts'
import { startTestEngine } from '../../support/engine.ts'
import { startProvisioned } from '../../support/provisioned.ts'
import type { TimedEvent } from '../../support/timeline.ts'
import { type DirectoryView, viewDirectory } from './directory-view.ts'
import {
  assign,
  becomes,
  becomesCustomer,
  born,
  customerId,
  disabled,
  enabled,
  event,
  grant,
  project,
  projectGone,
  renamed,
  revoke,
  server,
  serverGone,
  unassign,
  user,
  userGone,
} from './scene.ts'

const engine = await startTestEngine()

const owner = { [`owner ${customerId}`]: 'member by type' }
const ann = [born, user(1, 'ann', 'tech')]
const annInWeb = [...ann, project(2, 'web'), grant(3, 'ann', 'web', ['compute:read', 'dns:manage'])]
const annOnVm = [...ann, server(2, 'vm1'), assign(3, 'ann', 'vm1', ['power'])]
const ownerInWeb = { ...owner, 'owner web': 'full by type' }

const rows: [name: string, events: TimedEvent[], expected: Partial<DirectoryView>][] = [
  [
    'a customer is created with its main-customer and its Main project',
    [born],
    { customer: 'active', users: { owner: 'main-customer' }, projects: [customerId], grants: owner },
  ],
  ['a customer is suspended', [born, becomesCustomer(1, 'suspended')], { customer: 'suspended' }],
  [
    'a customer is resumed',
    [born, becomesCustomer(1, 'suspended'), becomesCustomer(2, 'resumed')],
    { customer: 'active' },
  ],
  ['a customer is closed', [born, becomesCustomer(1, 'closed')], { customer: 'closed' }],
  [
    'a tech is created without rights',
    ann,
    { users: { owner: 'main-customer', ann: 'tech' }, grants: owner },
  ],
  [
    'a client is created with Main',
    [born, user(1, 'ann', 'client', { main: true })],
    {
      users: { owner: 'main-customer', ann: 'client' },
      grants: { ...owner, [`ann ${customerId}`]: 'member' },
    },
  ],
  [
    'an admin comes with Main',
    [born, user(1, 'ann', 'admin')],
    {
      users: { owner: 'main-customer', ann: 'admin since 00:01' },
      grants: { ...owner, [`ann ${customerId}`]: 'member by type' },
    },
  ],
  [
    'a billing user comes with Main',
    [born, user(1, 'ann', 'billing')],
    { grants: { ...owner, [`ann ${customerId}`]: 'member by type' } },
  ],
  [
    'a user is renamed',
    [...ann, renamed(2, 'ann', 'Ann B')],
    { users: { owner: 'main-customer', ann: 'tech called Ann B' } },
  ],
  [
    'a promotion adds to newer projects and to Main, not to older projects',
    [...ann, project(2, 'old'), becomes(3, 'ann', 'admin'), project(4, 'new')],
    {
      users: { owner: 'main-customer', ann: 'admin since 00:03' },
      grants: {
        ...owner,
        'owner old': 'full by type',
        'owner new': 'full by type',
        'ann new': 'full by type',
        [`ann ${customerId}`]: 'member by type',
      },
    },
  ],
  [
    'a demotion ends memberships by type and leaves grants',
    [
      born,
      user(1, 'ann', 'admin'),
      project(2, 'web'),
      project(3, 'shop'),
      grant(4, 'ann', 'shop', ['image:read']),
      becomes(5, 'ann', 'tech'),
    ],
    { grants: { ...ownerInWeb, 'owner shop': 'full by type', 'ann shop': 'image:read' } },
  ],
  [
    'a change to billing revokes all grants, also when the type changes again',
    [
      ...annInWeb,
      server(4, 'vm1'),
      assign(5, 'ann', 'vm1', []),
      becomes(6, 'ann', 'billing'),
      becomes(7, 'ann', 'tech'),
    ],
    { grants: ownerInWeb },
  ],
  [
    'a user is disabled and keeps its grants',
    [...annInWeb, disabled(4, 'ann')],
    {
      users: { owner: 'main-customer', ann: 'tech disabled' },
      grants: { ...ownerInWeb, 'ann web': 'compute:read dns:manage' },
    },
  ],
  [
    'a user is enabled',
    [...ann, disabled(2, 'ann'), enabled(3, 'ann')],
    { users: { owner: 'main-customer', ann: 'tech' } },
  ],
  [
    'a user is deleted with its grants',
    [...annInWeb, userGone(4, 'ann')],
    { users: { owner: 'main-customer' }, grants: ownerInWeb },
  ],
  [
    'an admin is deleted',
    [born, user(1, 'ann', 'admin'), userGone(2, 'ann')],
    { users: { owner: 'main-customer' }, grants: owner },
  ],
  [
    'a project is created with main-customer and admins in it',
    [born, user(1, 'ann', 'admin'), project(2, 'web')],
    {
      projects: [customerId, 'web'],
      grants: { ...ownerInWeb, 'ann web': 'full by type', [`ann ${customerId}`]: 'member by type' },
    },
  ],
  [
    'a project is deleted with its memberships',
    [...annInWeb, projectGone(4, 'web')],
    { projects: [customerId], grants: owner },
  ],
  ['a membership is granted', annInWeb, { grants: { ...ownerInWeb, 'ann web': 'compute:read dns:manage' } }],
  [
    'a membership is granted by another case of the name and of the address',
    [...ann, project(2, 'Web'), grant(3, 'ANN', 'wEB', ['full'])],
    { grants: { ...owner, 'owner Web': 'full by type', 'ann Web': 'full' } },
  ],
  [
    'a membership that expires is granted',
    [
      ...ann,
      project(2, 'web'),
      grant(3, 'ann', 'web', ['full'], { expiresAt: '2030-01-01T01:00:00.5+01:00' }),
    ],
    { grants: { ...ownerInWeb, 'ann web': 'full until 2030-01-01T00:00:00.500Z' } },
  ],
  [
    'granting replaces',
    [...annInWeb, grant(4, 'ann', 'web', ['full'])],
    { grants: { ...ownerInWeb, 'ann web': 'full' } },
  ],
  [
    'a role in Main is granted under the identifier of the customer',
    [...ann, grant(2, 'ann', customerId.toLowerCase(), ['cdn'])],
    { grants: { ...owner, [`ann ${customerId}`]: 'cdn' } },
  ],
  ['a membership is revoked', [...annInWeb, revoke(4, 'ann', 'web')], { grants: ownerInWeb }],
  [
    'the membership that comes with a type is revoked, in Main and elsewhere',
    [born, user(1, 'ann', 'admin'), project(2, 'web'), revoke(3, 'ann', 'web'), revoke(4, 'ann', customerId)],
    { users: { owner: 'main-customer', ann: 'admin since 00:01' }, grants: ownerInWeb },
  ],
  [
    'a server is created',
    [born, server(1, 'vm1', 'VM1.bge.example')],
    { servers: { vm1: 'vm1.bge.example' }, grants: owner },
  ],
  [
    'a server that is known gets its newer host name and keeps its assignments',
    [...annOnVm, server(4, 'vm1', 'new.bge.example')],
    { servers: { vm1: 'new.bge.example' }, grants: { ...owner, 'ann vm1': 'view power' } },
  ],
  [
    'a server is deleted with its assignments',
    [...annOnVm, serverGone(4, 'vm1')],
    { servers: {}, grants: owner },
  ],
  [
    'a server that comes back has no assignment from before',
    [...annOnVm, serverGone(4, 'vm1'), server(5, 'vm1')],
    { servers: { vm1: 'vm1.bge.example' }, grants: owner },
  ],
  ['a server is assigned, to view at least', annOnVm, { grants: { ...owner, 'ann vm1': 'view power' } }],
  [
    'assigning replaces',
    [...annOnVm, assign(4, 'ann', 'vm1', [])],
    { grants: { ...owner, 'ann vm1': 'view' } },
  ],
  [
    'an assignment that expires is made',
    [...annOnVm, assign(4, 'ann', 'vm1', ['view'], { expiresAt: '2030-01-01T00:00:00Z' })],
    { grants: { ...owner, 'ann vm1': 'view until 2030-01-01T00:00:00.000Z' } },
  ],
  ['a server is unassigned', [...annOnVm, unassign(4, 'ann', 'vm1')], { grants: owner }],
  [
    'an address that is free again is another user, with nothing of the first',
    [...annInWeb, userGone(4, 'ann'), user(5, 'ann', 'client')],
    { users: { owner: 'main-customer', ann: 'client' }, grants: ownerInWeb },
  ],
  [
    'a project name that is free again is another project, with nothing of the first',
    [...annInWeb, projectGone(4, 'web'), project(5, 'WEB')],
    { projects: [customerId, 'WEB'], grants: { ...owner, 'owner WEB': 'full by type' } },
  ],
]

test.each(rows)('%s', async (_name, events, expected) => {
  const service = await startProvisioned(engine)
  await service.deliverEach(events)
  const statuses = await Promise.all(events.map(({ id }) => service.statusOf(id)))
  expect(statuses).toEqual(events.map(() => 'applied'))
  const view = await viewDirectory(service.table)
  for (const [part, value] of Object.entries(expected)) expect(view).toHaveProperty(part, value)
  await service.stop()
  expect(service.failures).toEqual([])
})

test('contact, billing and organisation are each set by the events that name them', async () => {
  const service = await startProvisioned(engine)
  const contact = { name: 'Office', phone: '+31 20 1234567' }
  const billing = { companyName: 'Bridge BV', vatNumber: 'NL1' }
  await service.deliverEach([
    born,
    event(1, 'customer.updated', { contact, billing }),
    event(2, 'customer.updated', { organisation: 'Bridge II', unknown: 'ignored' }),
    event(3, 'customer.updated', { contact: { email: 'Office@Bücher.example' } }),
  ])
  const customer = await findCustomer(service.table, customerId)
  expect(customer).toMatchObject({
    organisation: 'Bridge II',
    contact: { email: 'office@xn--bcher-kva.example' },
    billing,
  })
  expect(customer?.contact).not.toHaveProperty('name')
  expect(customer).not.toHaveProperty('unknown')
  await service.stop()
})

test('an update that names nothing is superseded', async () => {
  const service = await startProvisioned(engine)
  const nothing = [event(1, 'customer.updated'), event(2, 'user.updated', { user: 'owner@bge.example' })]
  await service.deliverEach([born, ...nothing])
  for (const { id } of nothing) expect(await service.statusOf(id)).toBe('superseded')
  await service.stop()
})

test('the Main project is described as the provider describes it, other projects as the event does', async () => {
  const service = await startProvisioned(engine)
  await service.deliverEach([
    born,
    event(1, 'project.created', { name: '  we\u0301b ', description: 'The shop' }),
    event(2, 'project.created', { name: 'bare', description: '' }),
  ])
  const { items } = await listProjects(service.table, customerId)
  const described = Object.fromEntries(
    items.map(({ name, kind, description }) => [name, [kind, description]]),
  )
  expect(described).toEqual({
    [customerId]: ['main', 'Main Customer Interface Project'],
    'w\u00e9b': ['openstack', 'The shop'],
    bare: ['openstack', undefined],
  })
  await service.stop()
})
