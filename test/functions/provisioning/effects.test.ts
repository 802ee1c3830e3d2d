import { expect, test } from 'vitest'
import { findCustomer } from '../../../shared/records/customers.ts'
import { listProjects } from '../../../shared/records/projects.ts'
import { startTestEngine } from '../../support/engine.ts'
import { startProvisioned } from '../../support/provisioned.ts'
import { anns, customer, customerId, event, membership, project, server, user, withId } from './scene.ts'
import { type Row, testStories } from './stories.ts'

const ann = anns.created(1, 'tech')
const eve = user.created(1, 'eve', 'admin')
const web = project.created(2, 'web')
const annInWeb = [ann, web, anns.granted(3, ['compute:read', 'dns:manage'])]
const annOnVm = [ann, server.created(2, 'vm1'), anns.assigned(3, ['power'])]
const eveInMain = { [`eve ${customerId}`]: 'member by type' }
const annsGrant = { 'ann web': 'compute:read dns:manage' }
const none = { grants: {} }
const expiresAt = '2030-01-01T00:00:00.500Z'

const rows: Row[] = [
  ['a customer is created with Main', [], { customer: 'active', projects: [customerId], users: {} }],
  ['a customer is suspended', [customer.suspended(1)], { customer: 'suspended' }],
  ['a customer is resumed', [customer.suspended(1), customer.resumed(2)], { customer: 'active' }],
  ['a customer is closed', [customer.closed(1)], { customer: 'closed' }],
  ['a tech is created without rights', [ann], { users: { ann: 'tech' }, grants: {} }],
  [
    'a client is created with Main',
    [anns.created(1, 'client', { main: true })],
    { users: { ann: 'client' }, grants: { [`ann ${customerId}`]: 'member' } },
  ],
  ['an admin comes with Main', [eve], { users: { eve: 'admin since 00:01' }, grants: eveInMain }],
  ['a billing user comes with Main', [user.created(1, 'eve', 'billing')], { grants: eveInMain }],
  ['a user is renamed', [ann, anns.renamed(2, 'Ann B')], { users: { ann: 'tech called Ann B' } }],
  [
    'a promotion adds to newer projects and to Main, not to older projects',
    [
      user.created(1, 'eve', 'tech'),
      project.created(2, 'old'),
      user.typeChanged(3, 'eve', 'admin'),
      project.created(4, 'new'),
    ],
    { users: { eve: 'admin since 00:03' }, grants: { ...eveInMain, 'eve new': 'full by type' } },
  ],
  [
    'a demotion ends memberships by type and leaves grants',
    [
      eve,
      web,
      project.created(3, 'shop'),
      membership.granted(4, 'eve', 'shop', ['image:read']),
      user.typeChanged(5, 'eve', 'tech'),
    ],
    { grants: { 'eve shop': 'image:read' } },
  ],
  [
    'a change to billing revokes all grants, also when the type changes again',
    [
      ...annInWeb,
      server.created(4, 'vm1'),
      anns.assigned(5),
      anns.became(6, 'billing'),
      anns.became(7, 'tech'),
    ],
    none,
  ],
  [
    'a user is disabled and keeps its grants',
    [...annInWeb, anns.disabled(4)],
    { users: { ann: 'tech disabled' }, grants: annsGrant },
  ],
  ['a user is enabled', [ann, anns.disabled(2), anns.enabled(3)], { users: { ann: 'tech' } }],
  ['a user is deleted with its grants', [...annInWeb, anns.deleted(4)], { users: {}, grants: {} }],
  ['an admin is deleted', [eve, user.deleted(2, 'eve')], { users: {}, grants: {} }],
  [
    'a project is created with the admins in it',
    [eve, web],
    { projects: [customerId, 'web'], grants: { ...eveInMain, 'eve web': 'full by type' } },
  ],
  [
    'a project is deleted with its members',
    [...annInWeb, project.deleted(4, 'web')],
    { projects: [customerId], grants: {} },
  ],
  ['a membership is granted', annInWeb, { grants: annsGrant }],
  [
    'a membership is granted by another case of both names',
    [ann, project.created(2, 'Web'), membership.granted(3, 'ANN', 'wEB')],
    { grants: { 'ann Web': 'full' } },
  ],
  [
    'a membership that expires is granted',
    [ann, web, membership.granted(3, 'ann', 'web', ['full'], { expiresAt })],
    { grants: { 'ann web': `full until ${expiresAt}` } },
  ],
  ['granting replaces', [...annInWeb, anns.granted(4)], { grants: { 'ann web': 'full' } }],
  [
    'a role in Main is granted under the identifier of the customer',
    [ann, membership.granted(2, 'ann', customerId.toLowerCase(), ['cdn'])],
    { grants: { [`ann ${customerId}`]: 'cdn' } },
  ],
  ['a membership is revoked', [...annInWeb, anns.revoked(4)], none],
  [
    'the membership that comes with a type is revoked, in Main and elsewhere',
    [eve, web, membership.revoked(3, 'eve', 'web'), membership.revoked(4, 'eve', customerId)],
    { users: { eve: 'admin since 00:01' }, grants: {} },
  ],
  ['a server is created', [server.created(1, 'vm1')], { servers: { vm1: 'vm1.bge.example' } }],
  [
    'a server that is known gets its newer host name and keeps its assignments',
    [...annOnVm, server.created(4, 'vm1', 'new.bge.example')],
    { servers: { vm1: 'new.bge.example' }, grants: { 'ann vm1': 'view power' } },
  ],
  [
    'a server is deleted with its assignments',
    [...annOnVm, server.deleted(4, 'vm1')],
    { servers: {}, grants: {} },
  ],
  [
    'a server that comes back has no assignment from before',
    [...annOnVm, server.deleted(4, 'vm1'), server.created(5, 'vm1')],
    { servers: { vm1: 'vm1.bge.example' }, grants: {} },
  ],
  ['assigning replaces', [...annOnVm, anns.assigned(4)], { grants: { 'ann vm1': 'view' } }],
  [
    'an assignment that expires is made',
    [...annOnVm, server.assigned(4, 'ann', 'vm1', ['view'], { expiresAt })],
    { grants: { 'ann vm1': `view until ${expiresAt}` } },
  ],
  ['a server is unassigned', [...annOnVm, anns.unassigned(4)], none],
  [
    'an address that is free again is another user, with nothing of the first',
    [...annInWeb, anns.deleted(4), anns.created(5, 'client')],
    { users: { ann: 'client' }, grants: {} },
  ],
  [
    'a project name that is free again is another project, with nothing of the first',
    [...annInWeb, project.deleted(4, 'web'), project.created(5, 'WEB')],
    { projects: [customerId, 'WEB'], grants: {} },
  ],
  [
    'an update that names nothing is superseded',
    [customer.updated(1), user.updated(2, 'owner', {})],
    {},
    { e001: 'superseded', e002: 'superseded' },
  ],
]

await testStories(rows, 'straight')

const service = await startProvisioned(await startTestEngine())

test('contact, billing and organisation are each set by the newest event that names them', async () => {
  const billing = { companyName: 'Bridge BV', vatNumber: 'NL1' }
  await service.deliverEach([
    customer.created,
    customer.updated(2, { organisation: 'Bridge II', unknown: 'ignored' }),
    customer.updated(4, { contact: { email: 'Office@Bücher.example' } }),
    customer.updated(3, { contact: { name: 'Office', phone: '+31 20 1234567' }, billing }),
    withId('old', customer.updated(1, { organisation: 'Old', billing: { reference: 'PO 1' } })),
  ])
  const stored = await findCustomer(service.table, customerId)
  const contact = { email: 'office@xn--bcher-kva.example' }
  expect(stored).toMatchObject({ organisation: 'Bridge II', contact, billing })
  expect(stored?.contact).not.toHaveProperty('name')
  expect(stored).not.toHaveProperty('unknown')
})

test('the Main project is described as the provider describes it, other projects as the event does', async () => {
  await service.deliverEach([
    customer.created,
    event(5, 'project.created', { name: '  we\u0301b ', description: 'The shop' }),
    event(6, 'project.created', { name: 'bare', description: '' }),
  ])
  const { items } = await listProjects(service.table, customerId)
  expect(Object.fromEntries(items.map(({ name, kind, description }) => [name, [kind, description]]))).toEqual(
    {
      [customerId]: ['main', 'Main Customer Interface Project'],
      'w\u00e9b': ['openstack', 'The shop'],
      bare: ['openstack', undefined],
    },
  )
})
