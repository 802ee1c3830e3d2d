import { describe, expect, it } from 'vitest'
import type { DesiredProject } from '../../../../shared/openstack/plan/desired.ts'
import { readMapping } from '../../../../shared/openstack/plan/mapping.ts'
import { planProject } from '../../../../shared/openstack/plan/plan-project.ts'
import { planUser } from '../../../../shared/openstack/plan/plan-user.ts'
import { type KeystoneLists, snapshotOf } from '../../../../shared/openstack/plan/snapshot.ts'

const mapping = readMapping({})
const desired: DesiredProject = {
  customerId: 'BGE000081',
  project: { id: 'P1', name: 'web', description: 'The shop', status: 'active' },
  suspended: false,
  members: [
    { userId: 'U1', email: 'ann@a.example', active: true, roles: ['full'] },
    { userId: 'U2', email: 'bob@a.example', active: true, roles: ['compute:operate', 'network:read'] },
  ],
}
const project = {
  id: 'p1',
  name: 'BGE000081_web',
  description: 'The shop',
  enabled: true,
  domainId: 'default',
  tags: ['latchkey', 'latchkey:BGE000081:P1'],
}
const userOf = (n: number, name: string) => ({
  id: `u${n}`,
  domainId: 'default',
  name: `BGE000081_${name}@a.example`,
  enabled: true,
  latchkeyUserId: `U${n}`,
})
const [ann, bob] = [userOf(1, 'ann'), userOf(2, 'bob')]
const foreign = { ...ann, id: 'u9', name: 'octavia', latchkeyUserId: undefined }
const [member, compute, network, admin] = [
  { id: 'r1', name: 'member' },
  { id: 'r2', name: 'compute_operate' },
  { id: 'r3', name: 'network_read' },
  { id: 'r4', name: 'admin' },
]
const assigned = (user: { id: string; name: string }, role: { id: string; name: string }, more = {}) => {
  const principal = { kind: 'user' as const, id: user.id, name: user.name }
  return { projectId: 'p1', role, principal, inherited: false, ...more }
}
const equal: KeystoneLists = {
  projects: [project],
  users: [ann, bob, foreign],
  roles: [member, compute, network, admin],
  assignments: [assigned(ann, member), assigned(bob, compute), assigned(bob, network)],
}
const changed = (id: string, change: object, why: string) => ({
  do: id.startsWith('p') ? 'change-project' : 'change-user',
  id,
  change,
  why,
})
const makesRoom = (n: number, more = {}) => ({
  ...changed(`u${n}`, { name: `BGE000081_u${n}`, ...more }, 'make-room'),
  of: { customerId: 'BGE000081', userId: `U${n}` },
})
const assigns = (
  n: number,
  role: string,
  { isNew = false, roleId = undefined as string | undefined } = {},
) => ({ do: 'assign', userId: `U${n}`, id: isNew ? undefined : `u${n}`, role, roleId })
const kindsOf = (steps: readonly { do: string }[]) => steps.map((step) => step.do)
const plan = (change: Partial<DesiredProject> = {}, found: Partial<KeystoneLists> = {}, how = mapping) =>
  planProject({ ...desired, ...change }, snapshotOf({ ...equal, ...found }), how)
const stepsOf = (change?: Partial<DesiredProject>, found?: Partial<KeystoneLists>, how = mapping) =>
  plan(change, found, how).steps
const withProject = (change: Partial<DesiredProject['project']>) => ({
  project: { ...desired.project, ...change },
})
const withMembers = (...members: DesiredProject['members']) => ({ members })
const [annWanted, bobWanted] = desired.members as [DesiredProject['members'][0], DesiredProject['members'][0]]
const swapped = withMembers(
  { ...annWanted, email: 'bob@a.example' },
  { ...bobWanted, email: 'ann@a.example' },
)

describe('a project', () => {
  it('that matches the directory needs no step', () => {
    expect(plan()).toEqual({ projectId: 'p1', steps: [], obstacles: [], strangers: [] })
  })

  it('that is missing is created, with its users and roles, in this order', () => {
    const { id: _, ...created } = project
    const isNew = true
    expect(stepsOf({}, { projects: [], users: [], roles: [member], assignments: [] })).toEqual([
      { do: 'create-role', name: 'compute_operate' },
      { do: 'create-role', name: 'network_read' },
      { do: 'create-project', project: { ...created, identity: 'latchkey:BGE000081:P1' } },
      { do: 'create-user', user: { ...ann, id: undefined } },
      { do: 'create-user', user: { ...bob, id: undefined } },
      assigns(1, 'member', { isNew, roleId: 'r1' }),
      assigns(2, 'compute_operate', { isNew }),
      assigns(2, 'network_read', { isNew }),
    ])
  })

  it.each([
    ['renamed here', withProject({ name: 'shop' }), {}, { name: 'BGE000081_shop' }],
    ['renamed there', {}, { name: 'mine' }, { name: 'BGE000081_web' }],
    ['described here', withProject({ description: 'New' }), {}, { description: 'New' }],
    ['disabled there', {}, { enabled: false }, { enabled: true }],
    ['suspended', { suspended: true }, {}, { enabled: false }],
  ])('%s is one request', (_, change, found, expected) => {
    expect(stepsOf(change, { projects: [{ ...project, ...found }] })).toMatchObject([
      { do: 'change-project', id: 'p1', change: expected },
    ])
  })

  it('without a description accepts any', () => {
    expect(stepsOf(withProject({ description: undefined }), {})).toEqual([])
  })

  it('of a suspended customer is created disabled, and its assignments stay in sync', () => {
    const steps = stepsOf({ suspended: true }, { projects: [], assignments: [] })
    expect(steps[0]).toMatchObject({ do: 'create-project', project: { enabled: false } })
    expect(steps.filter((step) => step.do === 'assign')).toHaveLength(3)
  })

  it('whose name a project of others has is not created, and nothing is taken over', () => {
    const theirs = { ...project, id: 'p9', tags: ['theirs'] }
    const obstacle = { what: 'project', name: 'BGE000081_web', holderId: 'p9' }
    expect(
      plan({}, { projects: [theirs], assignments: [assigned(foreign, admin, { projectId: 'p9' })] }),
    ).toEqual({ projectId: undefined, steps: [], obstacles: [obstacle], strangers: [] })
    const outcome = plan(withMembers(annWanted), { projects: [theirs, { ...project, name: 'elsewhere' }] })
    expect(outcome.obstacles).toEqual([obstacle])
    expect(kindsOf(outcome.steps)).toEqual(['unassign', 'unassign'])
  })

  describe('whose name is the same as another one’s to Keystone’s database', () => {
    const sibling = {
      ...project,
      id: 'p2',
      name: 'BGE000081_wéb',
      tags: ['latchkey', 'latchkey:BGE000081:P2'],
    }
    const obstacle = { what: 'project', name: 'BGE000081_web', holderId: 'p2' }
    const planned = (nameHolder: typeof project, found: Partial<KeystoneLists> = {}, others = {}) =>
      planProject(desired, snapshotOf({ ...equal, projects: [], nameHolder, ...found }), mapping, others)

    it('is not created, nothing is taken over or renamed, and the obstacle names our project', () => {
      const named = { ...obstacle, sibling: { projectId: 'P2', name: 'wéb' } }
      const nothing = { projectId: undefined, steps: [], strangers: [] }
      expect(planned(sibling)).toEqual({ ...nothing, obstacles: [named] })
      const theirs = { ...sibling, name: 'BGE000081_WEB', tags: ['theirs'] }
      const others = { ...obstacle, holderName: 'BGE000081_WEB' }
      expect(planned(theirs)).toEqual({ ...nothing, obstacles: [others] })
      expect(planned(theirs, {}, { holderLeaves: true })).toEqual({ ...nothing, obstacles: [others] })
    })

    it('keeps its own name and has its members', () => {
      const old = { ...project, name: 'BGE000081_old' }
      const { steps, obstacles } = planned(sibling, { projects: [old], assignments: [] })
      expect(obstacles).toMatchObject([obstacle])
      expect(kindsOf(steps)).toEqual(['assign', 'assign', 'assign'])
    })

    it('gets it where the other one of ours is to be renamed, or was created twice', () => {
      const old = { ...project, name: 'BGE000081_old' }
      const makesWay = changed('p2', { name: 'BGE000081_p2' }, 'make-room')
      const steps = [makesWay, changed('p1', { name: 'BGE000081_web' }, 'rename')]
      expect(planned(sibling, { projects: [old] }, { holderLeaves: true }).steps).toMatchObject(steps)
      const twin = { ...sibling, tags: project.tags, enabled: false }
      expect(planned(twin, { projects: [old, twin] }).steps).toMatchObject(steps)
    })

    it('is renamed where it has the name itself', () => {
      const own = { ...project, name: 'BGE000081_WEB' }
      const steps = [changed('p1', { name: 'BGE000081_web' }, 'rename')]
      expect(planned(own, { projects: [own] })).toMatchObject({ obstacles: [], steps })
    })
  })

  it('whose name another one of ours has gets it, and the other is renamed', () => {
    const other = { ...project, id: 'p2', tags: ['latchkey', 'latchkey:BGE000081:P2'] }
    const steps = stepsOf({}, { projects: [{ ...project, name: 'BGE000081_old' }, other] })
    const makesWay = changed('p2', { name: 'BGE000081_p2' }, 'make-room')
    expect(steps).toEqual([
      { ...makesWay, of: { customerId: 'BGE000081', projectId: 'P2' } },
      changed('p1', { name: 'BGE000081_web' }, 'rename'),
    ])
  })

  it('that was created twice is kept once, and the other is disabled and emptied', () => {
    const twin = { ...project, id: 'p0', name: 'BGE000081_older' }
    const assignments = [...equal.assignments, assigned(ann, member, { projectId: 'p0' })]
    const steps = stepsOf({}, { projects: [twin, project], assignments })
    expect(kindsOf(steps)).toEqual(['change-project', 'unassign'])
    expect(steps[0]).toMatchObject({ id: 'p0', change: { enabled: false } })
  })

  it('needs one request for each change of fifty members', () => {
    const users = Array.from({ length: 50 }, (_, index) => userOf(index, `m${index}`))
    const members = users.map(({ latchkeyUserId: userId }, index) => {
      return { ...annWanted, userId, email: `m${index}@a.example` }
    })
    const assignments = users.map((user) => assigned(user, member))
    expect(stepsOf({ members }, { users, assignments })).toEqual([])
    expect(stepsOf({ members: members.slice(1) }, { users, assignments })).toHaveLength(1)
    expect(stepsOf({ members }, { users, assignments: assignments.slice(2) })).toHaveLength(2)
  })
})

describe('a project that is being deleted', () => {
  const deleting = withProject({ status: 'deleting' })

  it('is disabled, loses every assignment, those of others too, and its name', () => {
    const assignments = [...equal.assignments, assigned(foreign, admin)]
    expect(stepsOf(deleting, { assignments })).toEqual([
      changed('p1', { enabled: false }, 'disable'),
      ...assignments.map((assignment) => ({ do: 'unassign', assignment })),
      changed('p1', { name: 'BGE000081_P1' }, 'rename'),
    ])
    const gone = { ...project, enabled: false, name: 'BGE000081_P1' }
    expect(stepsOf(deleting, { projects: [gone], assignments: [] })).toEqual([])
  })

  it('is deleted where that is configured', () => {
    const steps = stepsOf(deleting, {}, readMapping({ OS_PROJECT_DELETE: 'delete' }))
    expect(kindsOf(steps)).toEqual(['change-project', 'delete-project'])
  })

  it('and was never there needs no step, nor does a project of others with its name', () => {
    expect(stepsOf(deleting, { projects: [{ ...project, tags: [] }] })).toEqual([])
  })
})

describe('members', () => {
  it('lose roles first and get roles afterwards', () => {
    const steps = stepsOf(withMembers(annWanted, { ...bobWanted, roles: ['compute:manage', 'network:read'] }))
    expect(steps).toEqual([
      { do: 'unassign', assignment: assigned(bob, compute) },
      { do: 'create-role', name: 'compute_manage' },
      assigns(2, 'compute_manage'),
    ])
  })

  it('that have left lose all their roles', () => {
    const extra = [assigned(bob, admin), assigned(bob, network, { inherited: true })]
    const steps = stepsOf(withMembers(annWanted), { assignments: [...equal.assignments, ...extra] })
    expect(kindsOf(steps)).toEqual(['unassign', 'unassign', 'unassign', 'unassign'])
  })

  it('that are disabled keep their assignments, and are disabled before anything else', () => {
    const steps = stepsOf(withMembers(annWanted, { ...bobWanted, active: false, roles: ['full'] }))
    expect(steps[0]).toEqual(changed('u2', { enabled: false }, 'disable'))
    expect(steps.at(-1)).toEqual(assigns(2, 'member', { roleId: 'r1' }))
  })

  it('that were disabled in Keystone are enabled last', () => {
    const users = [ann, { ...bob, enabled: false }]
    const more = withMembers({ ...annWanted, roles: ['full', 'network:read'] }, bobWanted)
    expect(stepsOf(more, { users }).at(-1)).toEqual(changed('u2', { enabled: true }, 'enable'))
  })

  it('whose roles map to the same one of Keystone have it once', () => {
    const how = readMapping({ OS_ROLE_NAMES: '{"compute:operate":"member","network:read":"member"}' })
    expect(kindsOf(stepsOf({}, {}, how))).toEqual(['unassign', 'unassign', 'assign'])
  })

  it('use an existing role whose name differs in case only', () => {
    expect(stepsOf({}, { roles: [{ ...member, name: 'Member' }, compute, network] })).toEqual([])
  })

  it('whose name a user of others has are obstacles, and the other members are in sync', () => {
    const theirs = { ...bob, latchkeyUserId: undefined }
    const outcome = plan({}, { users: [ann, theirs], assignments: [assigned(bob, network)] })
    expect(outcome.obstacles).toEqual([{ what: 'user', name: 'BGE000081_bob@a.example', holderId: 'u2' }])
    expect(outcome.steps).toEqual([assigns(1, 'member', { roleId: 'r1' })])
    expect(outcome.strangers).toEqual([assigned(bob, network)])
  })

  it('may swap their e-mail addresses', () => {
    expect(stepsOf(swapped)).toEqual([
      makesRoom(2),
      makesRoom(1),
      changed('u1', { name: 'BGE000081_bob@a.example' }, 'rename'),
      changed('u2', { name: 'BGE000081_ann@a.example' }, 'rename'),
    ])
  })

  it('of others, and groups, are left alone and listed', () => {
    const principal = { kind: 'group', id: 'g1', name: 'staff' } as const
    const strangers = [assigned(foreign, admin), assigned(ann, admin, { principal })]
    const assignments = [...equal.assignments, ...strangers]
    expect(plan({}, { assignments })).toMatchObject({ steps: [], strangers })
  })
})

const identity = (uniqueId: string) => ({ federated: { idpId: 'corp', protocolId: 'openid', uniqueId } })
const federate = (uniqueId: string, id = 'u2') => changed(id, identity(uniqueId), 'federate')
const holdersOfBob = (holder?: string) => new Map([['bob%40a.example', holder]])

describe('federated identities', () => {
  const how = readMapping({ OS_IDP: 'corp', OS_PROTOCOL: 'openid' })
  const [annHas, bobHas] = [
    { ...ann, federatedId: 'ann%40a.example' },
    { ...bob, federatedId: 'bob%40a.example' },
  ]
  const renamed = withMembers(annWanted, { ...bobWanted, email: 'b@a.example' })
  const both = [annHas, bobHas]

  it('are missing where the quoted address is longer than Keystone can store', () => {
    const email = `${'+'.repeat(64)}@${'a'.repeat(60)}.example`
    const [long, name] = [{ ...bobWanted, email }, `BGE000081_${email}`]
    const steps = stepsOf(withMembers(annWanted, long), { users: [ann], federated: [annHas] }, how)
    const created = steps.find((step) => step.do === 'create-user')
    expect(created).toMatchObject({ user: { name, federated: undefined } })
    expect(stepsOf(withMembers(annWanted, long), { federated: both }, how)).toMatchObject([
      changed('u2', { name, federated: { uniqueId: 'u2' } }, 'rename'),
    ])
    const [users, federated] = [
      [ann, { ...bob, name }],
      [annHas, { ...bob, name, federatedId: 'u2' }],
    ]
    expect(stepsOf(withMembers(annWanted, long), { users, federated }, how)).toEqual([])
  })

  it('are created with the user, and changed with the name in one request', () => {
    expect(stepsOf({}, { federated: both }, how)).toEqual([])
    expect(stepsOf({}, { users: [ann], federated: [annHas] }, how)[0]).toMatchObject({
      do: 'create-user',
      user: identity('bob%40a.example'),
    })
    const change = { name: 'BGE000081_b@a.example', ...identity('b%40a.example') }
    expect(stepsOf(renamed, { federated: both }, how)).toEqual([changed('u2', change, 'rename')])
  })

  it('are given to a user without one if they are free, once Keystone was asked', () => {
    expect(stepsOf({}, { federated: [annHas] }, how)).toEqual([])
    expect(stepsOf({}, { federated: [annHas], holders: holdersOfBob() }, how)).toEqual([
      federate('bob%40a.example'),
    ])
    expect(stepsOf({}, { federated: [annHas], holders: holdersOfBob('u77') }, how)).toEqual([])
    expect(stepsOf({}, { federated: [annHas], holders: holdersOfBob('u2') }, how)).toEqual([])
  })

  it('stay with a user of another customer, and an outdated one is released all the same', () => {
    const theirs = { ...bobHas, id: 'u7', name: 'BGE000082_bob@a.example', latchkeyUserId: 'U7' }
    expect(stepsOf({}, { federated: [annHas, theirs] }, how)).toEqual([])
    const outdated = { ...bob, federatedId: 'b%40a.example' }
    expect(stepsOf({}, { federated: [annHas, theirs, outdated] }, how)).toEqual([federate('u2')])
    expect(stepsOf({}, { federated: [annHas, theirs, { ...bob, federatedId: 'u2' }] }, how)).toEqual([])
    expect(stepsOf({}, { federated: [annHas, outdated] }, how)).toEqual([federate('bob%40a.example')])
    // Others may have given it any identity.
    expect(stepsOf({}, { federated: [annHas, bob] }, how)).toEqual([federate('bob%40a.example')])
  })

  it('are freed as names are', () => {
    const rename = (id: string, name: string) =>
      changed(id, { name: `BGE000081_${name}@a.example`, ...identity(`${name}%40a.example`) }, 'rename')
    expect(stepsOf(swapped, { federated: both }, how)).toEqual([
      makesRoom(2, identity('u2')),
      makesRoom(1, identity('u1')),
      rename('u1', 'bob'),
      rename('u2', 'ann'),
    ])
  })

  it('move from a duplicate to the user that stays', () => {
    const twin = { ...bobHas, id: 'u3', name: 'BGE000081_older', enabled: false }
    expect(stepsOf({}, { users: [...equal.users, twin], federated: [annHas, twin] }, how)).toEqual([
      { ...federate('u3', 'u3'), why: 'make-room' },
      federate('bob%40a.example'),
    ])
  })

  it('are released with the name once the user is gone', () => {
    const user = { customerId: 'BGE000081', userId: 'U2', email: 'bob@a.example', status: 'gone' } as const
    const gone = (found: Partial<KeystoneLists>) =>
      planUser(user, snapshotOf({ ...equal, ...found }), how, { create: false }).steps
    const released = changed('u2', { name: 'BGE000081_U2', ...identity('u2') }, 'rename')
    expect(gone({ federated: both }).at(-1)).toEqual(released)
    const users = [{ ...bobHas, enabled: false, name: 'BGE000081_U2' }]
    expect(gone({ users, federated: users })).toEqual([federate('u2')])
    expect(gone({ users, federated: [] })).toEqual([])
    expect(gone({ users, federated: [{ ...bob, federatedId: 'u2' }] })).toEqual([])
  })
})

describe('a user', () => {
  const wantedUser = { customerId: 'BGE000081', userId: 'U2', email: 'bob@a.example' }
  const steps = (status: 'active' | 'disabled' | 'gone', users = equal.users) =>
    planUser({ ...wantedUser, status }, snapshotOf({ ...equal, users }), mapping, { create: false }).steps

  it('is disabled, and loses the name once gone', () => {
    const disable = changed('u2', { enabled: false }, 'disable')
    expect(steps('active')).toEqual([])
    expect(steps('disabled')).toEqual([disable])
    expect(steps('gone')).toEqual([disable, changed('u2', { name: 'BGE000081_U2' }, 'rename')])
    expect(steps('gone', [{ ...bob, enabled: false, name: 'BGE000081_U2' }])).toEqual([])
  })

  it('that is missing is not created', () => {
    expect(steps('active', [ann])).toEqual([])
    expect(steps('gone', [])).toEqual([])
  })
})
