import { describe, expect, it } from 'vitest'
import { actions, Oracle, type OracleEvent } from './oracle.ts'
import {
  userEvent,
  ask,
  assign,
  customerCreated,
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
  customerCreated,
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
  userEvent('user.disabled', 'idle'),
  userEvent('user.deleted', 'gone'),
  ['project.deleted', { name: 'Dead' }],
  ['server.deleted', { serverId: 'dead' }],
)

const table: Row[] = [
  ['owner', 'account.update', 'customer', 'yes owner'],
  ['owner', 'server.cancel', 'server:vm1', 'yes owner'],
  ['owner', 'dns.manage', 'project:Old', 'yes owner'],
  ['owner', 'project.read', 'project:main', 'yes owner'],
  ['owner', 'project.manage', 'project:main', 'no locked'],
  ['owner', 'compute.read', `project:${customerId}`, 'no locked'],
  ['anna', 'account.read', 'customer', 'yes type'],
  ['anna', 'cdn.manage', 'customer', 'yes type'],
  ['anna', 'server.resize', 'server:vm2', 'yes type'],
  ['anna', 'project.manage', 'project:Old', 'yes type'],
  ['anna', 'project.read', `project:${customerId}`, 'yes type'],
  ['anna', 'user.manage', 'user:outa', 'yes type'],
  ['anna', 'user.manage', 'user:owner', 'no locked'],
  ['anna', 'project.manage', `project:${customerId}`, 'no locked'],
  ['anna', 'compute.manage', 'project:New', 'yes membership'],
  ['anna', 'compute.read', 'project:Old', 'no no-grant'],
  ['anna', 'compute.read', 'project:Short', 'no no-grant'],
  ['outa', 'account.read', 'customer', 'no not-a-main-member'],
  ['outa', 'user.read', 'user:outa', 'yes self'],
  ['outa', 'project.read', 'project:New', 'yes membership'],
  ['outa', 'project.read', 'project:Old', 'no not-a-main-member'],
  ['outa', 'project.read', 'project:Short', 'no not-a-main-member'],
  ['outa', 'image.read', 'project:Short', 'no expired'],
  ['late', 'image.manage', 'project:New', 'no role-too-low image:manage'],
  ['bill', 'billing.update', 'customer', 'yes type'],
  ['bill', 'account.read', 'customer', 'no type-ceiling'],
  ['bill', 'project.read', 'project:New', 'no type-ceiling'],
  ['bill', 'user.read', 'user:bill', 'yes self'],
  ['tess', 'contact.read', 'customer', 'no type-ceiling'],
  ['tess', 'user.read', 'user:tess', 'yes self'],
  ['tess', 'user.manage', 'user:tess', 'no type-ceiling'],
  ['tess', 'project.read', 'customer', 'no no-grant'],
  ['tess', 'project.read', 'project:new', 'yes membership'],
  ['tess', 'project.read', 'project:Short', 'no expired'],
  ['tess', 'compute.operate', 'project:New', 'yes membership'],
  ['tess', 'compute.manage', 'project:New', 'no role-too-low compute:manage'],
  ['tess', 'cdn.manage', 'customer', 'no role-too-low cdn'],
  ['tess', 'server.power', 'customer', 'no no-grant'],
  ['tess', 'server.read', 'server:vm1', 'yes assignment'],
  ['tess', 'server.rescue', 'server:vm1', 'no role-too-low rescue'],
  ['carl', 'compute.manage', 'project:New', 'yes membership'],
  ['carl', 'server.power', 'server:vm1', 'no not-a-main-member'],
  ['dora', 'cdn.manage', 'customer', 'yes membership'],
  ['dora', 'server.power', 'server:vm1', 'no expired'],
  ['idle', 'user.read', 'user:idle', 'no disabled'],
  ['gone', 'user.read', 'user:gone', 'no unknown-subject'],
  ['nobody', 'user.read', 'user:anna', 'no unknown-subject'],
  ['nobody', 'account.fly', 'planet:mars', 'no unknown-action'],
  ['anna', 'account.read', 'planet:mars', 'no unknown-resource'],
  ['anna', 'account.fly', 'customer', 'no unknown-action'],
  ['anna', 'compute.read', 'customer', 'no unknown-action'],
  ['anna', 'account.read', 'customer:BBB000002', 'no unknown-resource'],
  ['anna', 'user.manage', 'user:gone', 'no unknown-resource'],
  ['anna', 'server.read', 'server:VM1', 'no unknown-resource'],
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
    ['suspended', suspended, 'tess', 'user.read', 'user:tess', 'no suspended'],
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
    ['closed', closed, 'gone', 'contact.read', 'customer', 'no unknown-subject'],
  ]
  it.each(states)('%s', (_state, events, who, action, resource, answer) => {
    expect(ask(new Oracle(events), who, action, resource)).toBe(answer)
  })
})

function later(type: string, count: number): OracleEvent {
  return { id: `later_${count}`, type, timestamp: minute(count).toISOString(), data: { customerId } }
}

const granted = (id: string, timestamp: string, roles: string[]): OracleEvent => ({
  id,
  type: 'membership.granted',
  timestamp,
  data: { customerId, project: 'P', user: mail('ANN'), roles },
})

describe('events', () => {
  const member = history(
    customerCreated,
    user('ann', 'tech'),
    project('P'),
    grant('ann', 'P', ['full'], soon),
  )
  const compute = ['ann', 'compute.read', 'project:p'] as const
  it('count once, in any order, and a grant ends at the instant of its expiry', () => {
    const oracle = new Oracle([...member, ...member].toReversed())
    expect(ask(oracle, ...compute, new Date(soon.getTime() - 1))).toBe('yes membership')
    expect(ask(oracle, ...compute, soon)).toBe('no expired')
  })

  it.each([
    ['the greater id', 'b', '2026-01-02T00:00:00.50Z', 'B', '2026-01-02T01:00:00.5+01:00'],
    ['the later instant', 'a', '2026-01-01T23:30:00.5001Z', 'b', '2026-01-02T01:30:00.5+02:00'],
  ])('are ordered so that %s counts', (_name, id, time, otherId, otherTime) => {
    const twice = [granted(id, time, ['dns:read']), granted(otherId, otherTime, ['full'])]
    expect(ask(new Oracle([...member, ...twice]), ...compute)).toBe('no role-too-low compute:read')
  })

  it('of another customer mean nothing, and what is no event is refused', () => {
    const others = member.map((event) => ({
      ...event,
      id: `b_${event.id}`,
      data: { ...event.data, customerId: 'BBB000002' },
    }))
    expect(ask(new Oracle([...history(customerCreated, user('ann', 'tech')), ...others]), ...compute)).toBe(
      'no unknown-resource',
    )
    expect(() => new Oracle(history(['user.promoted']))).toThrow(TypeError)
  })
})
