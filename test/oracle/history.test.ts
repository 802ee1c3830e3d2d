import { describe, expect, it } from 'vitest'
import { Oracle, type OracleEvent } from './oracle.ts'
import {
  about,
  ask,
  assign,
  becomes,
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
  unassign,
  user,
} from './scenario.ts'

const compute: [string, string, string] = ['ann', 'compute.read', 'project:P']
const vm: [string, string, string] = ['ann', 'server.power', 'server:vm']
const cdn: [string, string, string] = ['ann', 'cdn.manage', 'customer']
const bills: [string, string, string] = ['ann', 'billing.read', 'customer']
const inMain: [string, string, string] = ['ann', 'server.read', 'customer']

const tech = user('ann', 'tech', true)
const histories: [name: string, OracleEvent[], ...Row][] = [
  [
    'a promotion adds nobody to older projects',
    history(born, tech, project('P'), becomes('ann', 'admin')),
    ...compute,
    'no no-grant',
  ],
  [
    'a promotion adds to newer projects',
    history(born, tech, becomes('ann', 'admin'), project('P')),
    ...compute,
    'yes membership',
  ],
  [
    'saying admin again keeps the start of the run',
    history(born, user('ann', 'admin'), project('P'), becomes('ann', 'admin')),
    ...compute,
    'yes membership',
  ],
  [
    'an interrupted run starts anew',
    history(born, user('ann', 'admin'), project('P'), becomes('ann', 'tech'), becomes('ann', 'admin')),
    ...compute,
    'no no-grant',
  ],
  [
    'a demoted admin loses derived memberships',
    history(born, user('ann', 'admin'), project('P'), becomes('ann', 'tech')),
    ...compute,
    'no no-grant',
  ],
  [
    'a demoted admin keeps explicit memberships',
    history(born, user('ann', 'admin'), project('P'), grant('ann', 'p', ['full']), becomes('ann', 'tech')),
    ...compute,
    'yes membership',
  ],
  [
    'an older explicit membership comes before the automatic one',
    history(born, tech, project('P'), grant('ann', 'P', ['dns:read']), becomes('ann', 'admin')),
    ...compute,
    'no role-too-low compute:read',
  ],
  [
    'a grant after a removal lets back in',
    history(
      born,
      user('ann', 'admin'),
      project('P'),
      revoke('ann', 'P'),
      grant('ann', 'P', ['compute:read']),
    ),
    ...compute,
    'yes membership',
  ],
  [
    'a removal of an explicit membership removes from the automatic one too',
    history(born, user('ann', 'admin'), project('P'), grant('ann', 'P', ['full']), revoke('ann', 'P')),
    ...compute,
    'no no-grant',
  ],
  [
    'granting replaces',
    history(born, tech, project('P'), grant('ann', 'P', ['full']), grant('ann', 'P', ['dns:manage'])),
    ...compute,
    'no role-too-low compute:read',
  ],
  [
    'billing voids memberships for good',
    history(
      born,
      tech,
      project('P'),
      grant('ann', 'P', ['full']),
      becomes('ann', 'billing'),
      becomes('ann', 'tech'),
    ),
    ...compute,
    'no no-grant',
  ],
  [
    'billing voids assignments for good',
    history(
      born,
      tech,
      server('vm'),
      assign('ann', 'vm', ['power']),
      becomes('ann', 'billing'),
      becomes('ann', 'tech'),
      grant('ann', customerId, []),
    ),
    ...vm,
    'no no-grant',
  ],
  [
    'billing voids the explicit membership of Main',
    history(born, tech, becomes('ann', 'billing'), becomes('ann', 'tech')),
    ...inMain,
    'no not-a-main-member',
  ],
  [
    'a membership of Main granted to billing outlives the type',
    history(born, user('ann', 'billing'), grant('ann', customerId, []), becomes('ann', 'tech')),
    ...inMain,
    'no no-grant',
  ],
  [
    'what billing could not hold waits until the user is of another type',
    history(born, user('ann', 'billing'), project('P'), grant('ann', 'P', ['full']), becomes('ann', 'tech')),
    ...compute,
    'yes membership',
  ],
  [
    'what billing could not hold is gone once it was taken away',
    history(
      born,
      user('ann', 'billing'),
      project('P'),
      grant('ann', 'P', ['full']),
      revoke('ann', 'P'),
      becomes('ann', 'tech'),
    ),
    ...compute,
    'no no-grant',
  ],
  [
    'what is older than a deletion is gone, also of somebody who was not there yet',
    history(born, project('P'), grant('ann', 'P', ['full']), about('user.deleted', 'ann'), tech),
    ...compute,
    'no no-grant',
  ],
  [
    'a promotion brings Main back after a removal',
    history(born, tech, revoke('ann', customerId), becomes('ann', 'billing')),
    ...bills,
    'yes type',
  ],
  [
    'a removal from Main stops billing',
    history(born, user('ann', 'billing'), revoke('ann', customerId)),
    ...bills,
    'no not-a-main-member',
  ],
  [
    'admin and billing are two runs',
    history(born, user('ann', 'admin'), revoke('ann', customerId), becomes('ann', 'billing')),
    ...bills,
    'yes type',
  ],
  [
    'an expired membership of Main from before the promotion does not count',
    history(born, tech, grant('ann', customerId, [], soon), becomes('ann', 'admin')),
    ...cdn,
    'yes type',
  ],
  [
    'an admin created without main loses Main with the type',
    history(born, user('ann', 'admin'), becomes('ann', 'client')),
    ...inMain,
    'no not-a-main-member',
  ],
  [
    'an admin created with main keeps it',
    history(born, user('ann', 'admin', true), becomes('ann', 'client')),
    ...inMain,
    'no no-grant',
  ],
  [
    'an expired membership of Main is none, its role included',
    history(born, tech, grant('ann', customerId, ['cdn'], soon)),
    ...cdn,
    'no not-a-main-member',
  ],
  [
    'a grant to a disabled user applies',
    history(
      born,
      tech,
      project('P'),
      about('user.disabled', 'ann'),
      grant('ann', 'P', ['full']),
      about('user.enabled', 'ann'),
    ),
    ...compute,
    'yes membership',
  ],
  [
    'a server taken away is gone',
    history(born, tech, server('vm'), assign('ann', 'vm', ['power']), unassign('ann', 'vm')),
    ...vm,
    'no no-grant',
  ],
  [
    'a removal from before the promotion does not count',
    history(born, tech, revoke('ann', 'P'), becomes('ann', 'admin'), project('P')),
    ...compute,
    'yes membership',
  ],
  [
    'a user made again has nothing of the one deleted',
    history(born, tech, project('P'), grant('ann', 'P', ['full']), about('user.deleted', 'ann'), tech),
    ...compute,
    'no no-grant',
  ],
  [
    'a project made again has no member of the one deleted',
    history(
      born,
      tech,
      project('P'),
      grant('ann', 'P', ['full']),
      ['project.deleted', { name: 'P' }],
      project('P'),
    ),
    ...compute,
    'no no-grant',
  ],
  [
    'a server made again has no assignment of the one deleted',
    history(
      born,
      tech,
      server('vm'),
      assign('ann', 'vm', ['power']),
      ['server.deleted', { serverId: 'vm' }],
      server('vm'),
    ),
    ...vm,
    'no no-grant',
  ],
  [
    'a server may be called like the customer',
    history(born, tech, server(customerId), assign('ann', customerId, ['power'])),
    ...inMain,
    'no no-grant',
  ],
  [
    'what is older than the user applies',
    history(born, project('P'), grant('ann', 'P', ['full']), tech),
    ...compute,
    'yes membership',
  ],
  [
    'the main-customer can be neither disabled, changed nor removed',
    history(
      born,
      user('ann', 'admin'),
      about('user.disabled', 'owner'),
      becomes('owner', 'tech'),
      about('user.deleted', 'owner'),
      revoke('owner', customerId),
    ),
    'owner',
    'audit.read',
    'customer',
    'yes owner',
  ],
]

const granted = (id: string, timestamp: string, roles: string[]): OracleEvent => ({
  id,
  type: 'membership.granted',
  timestamp,
  data: { customerId, project: 'P', user: mail('ann'), roles },
})

describe('history', () => {
  it.each(histories)('%s', (_name, events, who, action, resource, answer) => {
    expect(ask(new Oracle(events), who, action, resource)).toBe(answer)
    expect(ask(new Oracle([...events, ...events].toReversed()), who, action, resource)).toBe(answer)
  })

  const member = history(born, tech, project('P'), grant('ann', 'P', ['full'], soon))

  it('ends a grant at the instant of its expiry', () => {
    const oracle = new Oracle(member)
    expect(ask(oracle, ...compute, new Date(soon.getTime() - 1))).toBe('yes membership')
    expect(ask(oracle, ...compute, soon)).toBe('no expired')
  })

  it('knows users and projects in any case', () => {
    const oracle = new Oracle(member)
    expect(ask(oracle, 'ANN', 'compute.read', 'project: p ', minute(10))).toBe('yes membership')
  })

  const open = history(born, tech, project('P'))
  it('breaks a tie by the greater id', () => {
    const twice = [
      granted('b', '2026-01-02T00:00:00Z', ['dns:read']),
      granted('B', '2026-01-02T00:00:00Z', ['full']),
    ]
    expect(ask(new Oracle([...open, ...twice]), ...compute)).toBe('no role-too-low compute:read')
  })

  it('takes .50 and .5 of a second for a tie', () => {
    const twice = [
      granted('b', '2026-01-02T00:00:00.5Z', ['dns:read']),
      granted('a', '2026-01-02T00:00:00.50Z', ['full']),
    ]
    expect(ask(new Oracle([...open, ...twice]), ...compute)).toBe('no role-too-low compute:read')
  })

  it('orders by instants, not by text', () => {
    const twice = [
      granted('a', '2026-01-02T01:30:00.5+02:00', ['dns:read']),
      granted('b', '2026-01-02T00:30:00.50+01:00', ['dns:read']),
      granted('0', '2026-01-01T23:30:00.5001Z', ['full']),
    ]
    expect(ask(new Oracle([...open, ...twice]), ...compute)).toBe('yes membership')
  })

  it('counts a project made at the instant of the promotion as new', () => {
    const events = history(born, tech, becomes('ann', 'admin'), project('P'))
    const atOnce = events.map((event) => (event.type === 'project.created' ? { ...event, id: 'a' } : event))
    const instant = minute(2).toISOString()
    const tied = atOnce.map((event) => (event.id === 'a' ? { ...event, timestamp: instant } : event))
    expect(ask(new Oracle(tied), ...compute)).toBe('yes membership')
  })

  it('keeps customers apart', () => {
    const other = member.map((event) => ({
      ...event,
      id: `other_${event.id}`,
      data: { ...event.data, customerId: 'BBB000002' },
    }))
    const oracle = new Oracle([...history(born, tech), ...other])
    expect(ask(oracle, ...compute)).toBe('no unknown-resource')
    expect(oracle.projects('BBB000002')).toEqual(['P'])
  })

  it('refuses what is no event', () => {
    expect(() => new Oracle(history(['user.promoted']))).toThrow(TypeError)
  })
})
