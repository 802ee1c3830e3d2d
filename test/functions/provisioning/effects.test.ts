import { expect, test } from 'vitest'
import { findCustomer } from '../../../shared/records/customers.ts'
import { listProjects } from '../../../shared/records/projects.ts'
import { startTestEngine } from '../../support/engine.ts'
import { startProvisioned } from '../../support/provisioned.ts'
import type { TimedEvent } from '../../support/timeline.ts'
import { type DirectoryView, viewDirectory } from './directory-view.ts'
import { customer, customerId, event, membership, project, server, user } from './scene.ts'

const engine = await startTestEngine()

const owner = { [`owner ${customerId}`]: 'member by type' }
const ann = [customer.created, user.created(1, 'ann', 'tech')]
const annInWeb = [
  ...ann,
  project.created(2, 'web'),
  membership.granted(3, 'ann', 'web', ['compute:read', 'dns:manage']),
]
const annOnVm = [...ann, server.created(2, 'vm1'), server.assigned(3, 'ann', 'vm1', ['power'])]
const ownerInWeb = { ...owner, 'owner web': 'full by type' }

const rows: [name: string, events: TimedEvent[], expected: Partial<DirectoryView>][] = [
  [
    'a customer is created with its main-customer and its Main project',
    [customer.created],
    { customer: 'active', users: { owner: 'main-customer' }, projects: [customerId], grants: owner },
  ],
  ['a customer is suspended', [customer.created, customer.suspended(1)], { customer: 'suspended' }],
  [
    'a customer is resumed',
    [customer.created, customer.suspended(1), customer.resumed(2)],
    { customer: 'active' },
  ],
  ['a customer is closed', [customer.created, customer.closed(1)], { customer: 'closed' }],
  [
    'a tech is created without rights',
    ann,
    { users: { owner: 'main-customer', ann: 'tech' }, grants: owner },
  ],
  [
    'a client is created with Main',
    [customer.created, user.created(1, 'ann', 'client', { main: true })],
    {
      users: { owner: 'main-customer', ann: 'client' },
      grants: { ...owner, [`ann ${customerId}`]: 'member' },
    },
  ],
  [
    'an admin comes with Main',
    [customer.created, user.created(1, 'ann', 'admin')],
    {
      users: { owner: 'main-customer', ann: 'admin since 00:01' },
      grants: { ...owner, [`ann ${customerId}`]: 'member by type' },
    },
  ],
  [
    'a billing user comes with Main',
    [customer.created, user.created(1, 'ann', 'billing')],
    { grants: { ...owner, [`ann ${customerId}`]: 'member by type' } },
  ],
  [
    'a user is renamed',
    [...ann, user.renamed(2, 'ann', 'Ann B')],
    { users: { owner: 'main-customer', ann: 'tech called Ann B' } },
  ],
  [
    'a promotion adds to newer projects and to Main, not to older projects',
    [...ann, project.created(2, 'old'), user.typeChanged(3, 'ann', 'admin'), project.created(4, 'new')],
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
      customer.created,
      user.created(1, 'ann', 'admin'),
      project.created(2, 'web'),
      project.created(3, 'shop'),
      membership.granted(4, 'ann', 'shop', ['image:read']),
      user.typeChanged(5, 'ann', 'tech'),
    ],
    { grants: { ...ownerInWeb, 'owner shop': 'full by type', 'ann shop': 'image:read' } },
  ],
  [
    'a change to billing revokes all grants, also when the type changes again',
    [
      ...annInWeb,
      server.created(4, 'vm1'),
      server.assigned(5, 'ann', 'vm1'),
      user.typeChanged(6, 'ann', 'billing'),
      user.typeChanged(7, 'ann', 'tech'),
    ],
    { grants: ownerInWeb },
  ],
  [
    'a user is disabled and keeps its grants',
    [...annInWeb, user.disabled(4, 'ann')],
    {
      users: { owner: 'main-customer', ann: 'tech disabled' },
      grants: { ...ownerInWeb, 'ann web': 'compute:read dns:manage' },
    },
  ],
  [
    'a user is enabled',
    [...ann, user.disabled(2, 'ann'), user.enabled(3, 'ann')],
    { users: { owner: 'main-customer', ann: 'tech' } },
  ],
  [
    'a user is deleted with its grants',
    [...annInWeb, user.deleted(4, 'ann')],
    { users: { owner: 'main-customer' }, grants: ownerInWeb },
  ],
  [
    'an admin is deleted',
    [customer.created, user.created(1, 'ann', 'admin'), user.deleted(2, 'ann')],
    { users: { owner: 'main-customer' }, grants: owner },
  ],
  [
    'a project is created with main-customer and admins in it',
    [customer.created, user.created(1, 'ann', 'admin'), project.created(2, 'web')],
    {
      projects: [customerId, 'web'],
      grants: { ...ownerInWeb, 'ann web': 'full by type', [`ann ${customerId}`]: 'member by type' },
    },
  ],
  [
    'a project is deleted with its memberships',
    [...annInWeb, project.deleted(4, 'web')],
    { projects: [customerId], grants: owner },
  ],
  ['a membership is granted', annInWeb, { grants: { ...ownerInWeb, 'ann web': 'compute:read dns:manage' } }],
  [
    'a membership is granted by another case of the name and of the address',
    [...ann, project.created(2, 'Web'), membership.granted(3, 'ANN', 'wEB')],
    { grants: { ...owner, 'owner Web': 'full by type', 'ann Web': 'full' } },
  ],
  [
    'a membership that expires is granted',
    [
      ...ann,
      project.created(2, 'web'),
      membership.granted(3, 'ann', 'web', ['full'], { expiresAt: '2030-01-01T01:00:00.5+01:00' }),
    ],
    { grants: { ...ownerInWeb, 'ann web': 'full until 2030-01-01T00:00:00.500Z' } },
  ],
  [
    'granting replaces',
    [...annInWeb, membership.granted(4, 'ann', 'web')],
    { grants: { ...ownerInWeb, 'ann web': 'full' } },
  ],
  [
    'a role in Main is granted under the identifier of the customer',
    [...ann, membership.granted(2, 'ann', customerId.toLowerCase(), ['cdn'])],
    { grants: { ...owner, [`ann ${customerId}`]: 'cdn' } },
  ],
  ['a membership is revoked', [...annInWeb, membership.revoked(4, 'ann', 'web')], { grants: ownerInWeb }],
  [
    'the membership that comes with a type is revoked, in Main and elsewhere',
    [
      customer.created,
      user.created(1, 'ann', 'admin'),
      project.created(2, 'web'),
      membership.revoked(3, 'ann', 'web'),
      membership.revoked(4, 'ann', customerId),
    ],
    { users: { owner: 'main-customer', ann: 'admin since 00:01' }, grants: ownerInWeb },
  ],
  [
    'a server is created',
    [customer.created, server.created(1, 'vm1', 'VM1.bge.example')],
    { servers: { vm1: 'vm1.bge.example' }, grants: owner },
  ],
  [
    'a server that is known gets its newer host name and keeps its assignments',
    [...annOnVm, server.created(4, 'vm1', 'new.bge.example')],
    { servers: { vm1: 'new.bge.example' }, grants: { ...owner, 'ann vm1': 'view power' } },
  ],
  [
    'a server is deleted with its assignments',
    [...annOnVm, server.deleted(4, 'vm1')],
    { servers: {}, grants: owner },
  ],
  [
    'a server that comes back has no assignment from before',
    [...annOnVm, server.deleted(4, 'vm1'), server.created(5, 'vm1')],
    { servers: { vm1: 'vm1.bge.example' }, grants: owner },
  ],
  ['a server is assigned, to view at least', annOnVm, { grants: { ...owner, 'ann vm1': 'view power' } }],
  [
    'assigning replaces',
    [...annOnVm, server.assigned(4, 'ann', 'vm1')],
    { grants: { ...owner, 'ann vm1': 'view' } },
  ],
  [
    'an assignment that expires is made',
    [...annOnVm, server.assigned(4, 'ann', 'vm1', ['view'], { expiresAt: '2030-01-01T00:00:00Z' })],
    { grants: { ...owner, 'ann vm1': 'view until 2030-01-01T00:00:00.000Z' } },
  ],
  ['a server is unassigned', [...annOnVm, server.unassigned(4, 'ann', 'vm1')], { grants: owner }],
  [
    'an address that is free again is another user, with nothing of the first',
    [...annInWeb, user.deleted(4, 'ann'), user.created(5, 'ann', 'client')],
    { users: { owner: 'main-customer', ann: 'client' }, grants: ownerInWeb },
  ],
  [
    'a project name that is free again is another project, with nothing of the first',
    [...annInWeb, project.deleted(4, 'web'), project.created(5, 'WEB')],
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
    customer.created,
    customer.updated(1, { contact, billing }),
    customer.updated(2, { organisation: 'Bridge II', unknown: 'ignored' }),
    customer.updated(3, { contact: { email: 'Office@Bücher.example' } }),
  ])
  const stored = await findCustomer(service.table, customerId)
  expect(stored).toMatchObject({
    organisation: 'Bridge II',
    contact: { email: 'office@xn--bcher-kva.example' },
    billing,
  })
  expect(stored?.contact).not.toHaveProperty('name')
  expect(stored).not.toHaveProperty('unknown')
  await service.stop()
})

test('an update that names nothing is superseded', async () => {
  const service = await startProvisioned(engine)
  const nothing = [customer.updated(1), event(2, 'user.updated', { user: 'owner@bge.example' })]
  await service.deliverEach([customer.created, ...nothing])
  for (const { id } of nothing) expect(await service.statusOf(id)).toBe('superseded')
  await service.stop()
})

test('the Main project is described as the provider describes it, other projects as the event does', async () => {
  const service = await startProvisioned(engine)
  await service.deliverEach([
    customer.created,
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
