import { describe, expect, it } from 'vitest'
import { actions, Oracle, type OracleEvent } from './oracle.ts'
import {
  about,
  ask,
  assign,
  born,
  customerId,
  grant,
  history,
  mail,
  minute,
  project,
  revoke,
  type Row,
  server,
  soon,
  user,
} from './scenario.ts'

const directory = history(
  born,
  project('Old'),
  user('anna', 'admin'),
  user('outa', 'admin'),
  user('bill', 'billing'),
  user('tess', 'tech', true),
  user('carl', 'client'),
  user('dora', 'client', true),
  user('idle', 'tech', true),
  user('gone', 'tech', true),
  user('late', 'admin'),
  project('New'),
  project('Short'),
  project('Dead'),
  server('vm1'),
  server('vm2'),
  server('dead'),
  revoke('outa', customerId),
  revoke('anna', 'Short'),
  grant('outa', 'Short', ['image:read'], soon),
  grant('late', customerId, [], soon),
  grant('late', 'New', ['image:read']),
  grant('tess', 'New', ['compute:operate', 'volume:read']),
  grant('tess', 'Short', ['full'], soon),
  grant('carl', 'New', ['full']),
  grant('dora', customerId, ['cdn']),
  grant('idle', 'New', ['full']),
  grant('tess', 'Dead', ['full']),
  assign('tess', 'vm1', ['power', 'console']),
  assign('dora', 'vm1', ['power'], soon),
  assign('carl', 'vm1', ['power']),
  about('user.disabled', 'idle'),
  about('user.deleted', 'gone'),
  ['project.deleted', { name: 'Dead' }],
  ['server.deleted', { serverId: 'dead' }],
)

const table: Row[] = [
  ['owner', 'account.update', 'customer', 'yes owner'],
  ['owner', 'billing.update', 'customer', 'yes owner'],
  ['owner', 'user.manage', 'user:owner', 'yes owner'],
  ['owner', 'user.read', 'user:owner', 'yes owner'],
  ['owner', 'server.cancel', 'server:vm1', 'yes owner'],
  ['owner', 'dns.manage', 'project:Old', 'yes owner'],
  ['owner', 'project.read', 'project:main', 'yes owner'],
  ['owner', 'project.manage', 'project:main', 'no locked'],
  ['owner', 'compute.read', `project:${customerId}`, 'no locked'],

  ['anna', 'account.read', 'customer', 'yes type'],
  ['anna', 'contact.update', 'customer', 'yes type'],
  ['anna', 'review.manage', 'customer', 'yes type'],
  ['anna', 'cdn.manage', 'customer', 'yes type'],
  ['anna', 'server.resize', 'server:vm2', 'yes type'],
  ['anna', 'server.power', 'customer', 'yes type'],
  ['anna', 'project.manage', 'project:Old', 'yes type'],
  ['anna', 'project.read', 'project:New', 'yes type'],
  ['anna', 'project.read', `project:${customerId}`, 'yes type'],
  ['anna', 'user.manage', 'user:outa', 'yes type'],
  ['anna', 'user.manage', 'user:anna', 'yes type'],
  ['anna', 'user.read', 'user:anna', 'yes type'],
  ['anna', 'user.read', 'user:owner', 'yes type'],
  ['anna', 'user.manage', 'user:owner', 'no locked'],
  ['anna', 'project.manage', `project:${customerId}`, 'no locked'],
  ['anna', 'compute.manage', 'project:New', 'yes membership'],
  ['anna', 'compute.read', 'project:Old', 'no no-grant'],
  ['anna', 'compute.read', 'project:Short', 'no no-grant'],

  ['outa', 'account.read', 'customer', 'no not-a-main-member'],
  ['outa', 'user.read', 'user:outa', 'yes self'],
  ['outa', 'user.read', 'user:anna', 'no not-a-main-member'],
  ['outa', 'project.read', 'project:New', 'yes membership'],
  ['outa', 'project.read', 'project:Old', 'no not-a-main-member'],
  ['outa', 'project.read', 'project:Short', 'no not-a-main-member'],
  ['outa', 'project.read', 'project:main', 'no not-a-main-member'],
  ['outa', 'orchestration.manage', 'project:New', 'yes membership'],
  ['outa', 'image.read', 'project:Short', 'no expired'],
  ['late', 'audit.read', 'customer', 'no not-a-main-member'],
  ['late', 'image.manage', 'project:New', 'no role-too-low image:manage'],

  ['bill', 'billing.update', 'customer', 'yes type'],
  ['bill', 'contact.read', 'customer', 'yes type'],
  ['bill', 'account.read', 'customer', 'no type-ceiling'],
  ['bill', 'cdn.manage', 'customer', 'no type-ceiling'],
  ['bill', 'project.read', 'project:New', 'no type-ceiling'],
  ['bill', 'compute.read', 'project:New', 'no type-ceiling'],
  ['bill', 'server.view', 'server:vm1', 'no type-ceiling'],
  ['bill', 'user.read', 'user:bill', 'yes self'],
  ['bill', 'user.manage', 'user:owner', 'no locked'],
  ['bill', 'compute.read', 'project:main', 'no locked'],

  ['tess', 'contact.read', 'customer', 'no type-ceiling'],
  ['tess', 'server.assign', 'server:vm1', 'no type-ceiling'],
  ['tess', 'user.read', 'user:carl', 'no type-ceiling'],
  ['tess', 'user.read', 'user:tess', 'yes self'],
  ['tess', 'user.manage', 'user:tess', 'no type-ceiling'],
  ['tess', 'project.read', 'customer', 'no no-grant'],
  ['tess', 'project.read', 'project:new', 'yes membership'],
  ['tess', 'project.read', 'project:main', 'yes membership'],
  ['tess', 'project.read', 'project:Old', 'no no-grant'],
  ['tess', 'project.read', 'project:Short', 'no expired'],
  ['tess', 'compute.read', 'project:New', 'yes membership'],
  ['tess', 'compute.operate', 'project:New', 'yes membership'],
  ['tess', 'compute.manage', 'project:New', 'no role-too-low compute:manage'],
  ['tess', 'objectstore.read', 'project:New', 'no role-too-low objectstore:read'],
  ['tess', 'objectstore.read', 'project:Short', 'no expired'],
  ['tess', 'cdn.manage', 'customer', 'no role-too-low cdn'],
  ['tess', 'server.read', 'customer', 'no no-grant'],
  ['tess', 'server.power', 'customer', 'no no-grant'],
  ['tess', 'server.read', 'server:vm1', 'yes assignment'],
  ['tess', 'server.view', 'server:vm1', 'yes assignment'],
  ['tess', 'server.console', 'server:vm1', 'yes assignment'],
  ['tess', 'server.rescue', 'server:vm1', 'no role-too-low rescue'],
  ['tess', 'server.read', 'server:vm2', 'no no-grant'],

  ['carl', 'compute.manage', 'project:New', 'yes membership'],
  ['carl', 'project.read', 'project:New', 'yes membership'],
  ['carl', 'project.read', 'project:main', 'no no-grant'],
  ['carl', 'project.read', 'customer', 'no not-a-main-member'],
  ['carl', 'server.power', 'server:vm1', 'no not-a-main-member'],
  ['carl', 'cdn.manage', 'customer', 'no not-a-main-member'],
  ['dora', 'cdn.manage', 'customer', 'yes membership'],
  ['dora', 'server.power', 'server:vm1', 'no expired'],

  ['idle', 'compute.read', 'project:New', 'no disabled'],
  ['idle', 'user.read', 'user:idle', 'no disabled'],
  ['gone', 'user.read', 'user:gone', 'no unknown-subject'],
  ['nobody', 'user.read', 'user:anna', 'no unknown-subject'],
  ['nobody', 'account.fly', 'planet:mars', 'no unknown-action'],
  ['nobody', 'account.read', 'planet:mars', 'no unknown-subject'],
  ['anna', 'account.read', 'planet:mars', 'no unknown-resource'],
  ['anna', 'account.read', 'constructor:x', 'no unknown-resource'],
  ['anna', 'account.fly', 'customer', 'no unknown-action'],
  ['anna', 'server.reboot', 'server:vm1', 'no unknown-action'],
  ['anna', 'compute.read', 'customer', 'no unknown-action'],
  ['anna', 'account.read', 'project:New', 'no unknown-action'],
  ['anna', 'cdn.manage', 'project:main', 'no unknown-action'],
  ['anna', 'account.read', 'customer:BBB000002', 'no unknown-resource'],
  ['anna', 'user.manage', 'user:gone', 'no unknown-resource'],
  ['anna', 'project.read', 'project:Dead', 'no unknown-resource'],
  ['anna', 'server.read', 'server:dead', 'no unknown-resource'],
  ['anna', 'server.read', 'server:VM1', 'no unknown-resource'],
  ['idle', 'project.read', 'project:Dead', 'no unknown-resource'],
]

describe('the rights table', () => {
  const oracle = new Oracle(directory)
  it.each(table)('%s, %s on %s: %s', (who, action, resource, answer) => {
    expect(ask(oracle, who, action, resource)).toBe(answer)
  })

  it('names every permission once', () => {
    expect(new Set(actions).size).toBe(54)
    expect(actions.length).toBe(54)
  })

  it('lists what lives, under its own spelling', () => {
    expect(oracle.users(customerId)).toEqual(
      ['anna', 'bill', 'carl', 'dora', 'idle', 'late', 'outa', 'owner', 'tess'].map(mail),
    )
    expect(oracle.projects(customerId)).toEqual(['New', 'Old', 'Short'])
    expect(oracle.servers(customerId)).toEqual(['vm1', 'vm2'])
    expect(oracle.users('BBB000002')).toEqual([])
  })
})

const suspended = [...directory, later('customer.suspended', 50)]
const closed = [...suspended, later('customer.closed', 51), later('customer.resumed', 52)]

describe('a customer that is', () => {
  const states: [state: string, OracleEvent[], ...Row][] = [
    ['suspended', suspended, 'owner', 'account.read', 'customer', 'no suspended'],
    ['suspended', suspended, 'owner', 'billing.read', 'customer', 'yes owner'],
    ['suspended', suspended, 'bill', 'contact.update', 'customer', 'yes type'],
    ['suspended', suspended, 'tess', 'contact.update', 'customer', 'no type-ceiling'],
    ['suspended', suspended, 'tess', 'user.read', 'user:tess', 'no suspended'],
    ['suspended', suspended, 'idle', 'compute.read', 'project:New', 'no suspended'],
    ['suspended', suspended, 'idle', 'contact.read', 'customer', 'no disabled'],
    [
      'resumed',
      [...suspended, later('customer.resumed', 51)],
      'owner',
      'account.read',
      'customer',
      'yes owner',
    ],
    ['closed', closed, 'owner', 'contact.read', 'customer', 'no closed'],
    ['closed', closed, 'idle', 'contact.read', 'customer', 'no closed'],
    ['closed', closed, 'gone', 'contact.read', 'customer', 'no unknown-subject'],
    ['closed', closed, 'owner', 'compute.fly', 'project:New', 'no unknown-action'],
  ]
  it.each(states)('%s', (_state, events, who, action, resource, answer) => {
    expect(ask(new Oracle(events), who, action, resource)).toBe(answer)
  })
})

function later(type: string, count: number): OracleEvent {
  return { id: `later_${count}`, type, timestamp: minute(count).toISOString(), data: { customerId } }
}
