import { listByOtherClient } from '../support/keystone/other-client.ts'
import { describe, expect, it } from 'vitest'
import { applySteps } from '../../shared/openstack/plan/apply.ts'
import type { DesiredProject } from '../../shared/openstack/plan/desired.ts'
import { listForDomain } from '../../shared/openstack/plan/find.ts'
import { converge, domainId, mapping } from '../support/keystone/converge.ts'
import { connectCounting, connectTo, ownKeystone } from '../support/keystone/shared.ts'
import * as ks from '../support/keystone/ks.ts'

const own = await ownKeystone()
const direct = connectTo(own.variables)

const members = (customerId: string, count: number, roles: DesiredProject['members'][0]['roles']) =>
  Array.from({ length: count }, (_, index) => ({
    userId: `${customerId}-M${index}`,
    email: `m${index}@x.example`,
    active: true,
    roles,
  }))
const projectOf = (customerId: string, id: string, who: DesiredProject['members']): DesiredProject => ({
  customerId,
  project: { id, name: `shop ${id}`, description: 'A shop', status: 'active' },
  suspended: false,
  members: who,
})

const at = (customerId: string) =>
  projectOf(customerId, 'P1', members(customerId, 3, ['full', 'compute:operate']))

describe('a project', () => {
  it('exists with all members after one run, for other clients too, and a second run has nothing to do', async () => {
    const desired = at('CLI000001')
    const { done, failures, steps } = await converge(direct, desired)
    expect([failures, done.length]).toEqual([[], steps.length])
    expect(await converge(direct, desired)).toMatchObject({ steps: [], obstacles: [] })
    const listed = await listByOtherClient(own.variables, '--project', 'CLI000001_shop P1')
    const rows = listed.map(({ Role, User }) => `${User} ${Role}`)
    expect(rows.toSorted()).toEqual(
      [0, 1, 2].flatMap((index) =>
        ['compute_operate', 'member'].map((role) => `CLI000001_m${index}@x.example@Default ${role}`),
      ),
    )
  })

  it('is the same after one run or several concurrent ones', async () => {
    const desired = at('CLI000002')
    await Promise.all(Array.from({ length: 4 }, () => converge(direct, desired)))
    expect(await converge(direct, desired)).toMatchObject({ steps: [] })
    expect(await ks.listProjectsTagged(direct, 'latchkey:CLI000002:P1')).toHaveLength(1)
    expect(await ks.listKeystoneUsers(direct, domainId, 'CLI000002_')).toHaveLength(3)
  })

  it('whose name is taken is an error, and the holder stays as it is', async () => {
    const desired = at('CLI000003')
    const made = await ks.makeProject(direct, 'CLI000003_shop P1')
    expect(await converge(direct, desired)).toMatchObject({
      steps: [],
      obstacles: [{ what: 'project', name: 'CLI000003_shop P1', holderId: made.id }],
    })
    expect(await ks.listAssignments(direct, { projectId: made.id })).toEqual([])
  })

  it('is repaired after any manual change, and renamed users are not created again', async () => {
    const desired = at('CLI000004')
    await converge(direct, desired)
    const [project] = await ks.listProjectsTagged(direct, 'latchkey:CLI000004:P1')
    const users = await ks.listKeystoneUsers(direct, domainId, 'CLI000004_')
    if (!project || !users[0] || !users[1]) throw new Error('nothing was made')
    const change = { name: 'CLI000004_mine', enabled: false, description: 'Mine' }
    await ks.updateKeystoneProject(direct, project, change)
    await ks.updateKeystoneUser(direct, users[0], { name: 'somebody-CLI000004', enabled: false })
    const reader = await ks.createRole(direct, 'reader')
    const grant = { do: 'assign', userId: '', id: users[1].id, role: 'reader', roleId: reader.id } as const
    await applySteps(direct, [grant], { domainId, projectId: project.id })

    const { steps, failures } = await converge(direct, desired)
    expect([steps.length, failures]).toEqual([6, []])
    expect(await converge(direct, desired)).toMatchObject({ steps: [] })
    expect((await ks.listKeystoneUsers(direct, domainId)).filter(({ id }) => id === users[0]?.id)).toEqual([
      users[0],
    ])
    expect(await ks.listKeystoneUsers(direct, domainId, 'CLI000004_')).toHaveLength(3)
  })

  it('creates a user again who was renamed by hand and has no role, and a full sync disables the other', async () => {
    const desired = at('CLI000006')
    await converge(direct, desired)
    const [renamed] = await ks.listKeystoneUsers(direct, domainId, 'CLI000006_m0')
    const userId = desired.members[0]?.userId
    if (!renamed) throw new Error('nothing was made')
    await converge(direct, { ...desired, members: desired.members.slice(1) })
    await ks.updateKeystoneUser(direct, renamed, { name: 'elsewhere-CLI000006' })
    expect(await converge(direct, desired)).toMatchObject({ failures: [], obstacles: [] })
    expect(await converge(direct, desired)).toMatchObject({ steps: [] })
    const lists = await listForDomain(direct, mapping)
    expect((await converge(direct, desired, { lists })).steps).toMatchObject([
      { id: renamed.id, change: { enabled: false } },
    ])
    const both = (await ks.listKeystoneUsers(direct, domainId)).filter(
      (user) => user.latchkeyUserId === userId,
    )
    expect(both.map(({ name, enabled }) => `${name} ${enabled}`).toSorted()).toEqual([
      'CLI000006_m0@x.example true',
      'elsewhere-CLI000006 false',
    ])
  })

  it('lists a customer’s users once for new ones too', async () => {
    const { keystone: counted, requests } = connectCounting(own.variables)
    await converge(counted, at('CLI000007'))
    expect(requests.filter((request) => request === 'GET /v3/users')).toHaveLength(1)
  })

  it('frees its name and its users’ names', async () => {
    const one = at('CLI000005')
    const other = { ...one, project: { ...one.project, id: 'P2', name: 'b' } }
    for (const desired of [one, other]) await converge(direct, desired)
    const [first, second, third] = one.members
    if (!first || !second || !third) throw new Error('three are needed')
    const swapped = [{ ...first, email: second.email }, { ...second, email: first.email }, third]
    const both = [
      { ...one, project: { ...one.project, name: 'b' }, members: swapped },
      { ...other, project: { ...other.project, name: one.project.name }, members: swapped },
    ]
    for (const desired of [...both, ...both])
      expect(await converge(direct, desired)).toMatchObject({ failures: [] })
    for (const desired of both) expect(await converge(direct, desired)).toMatchObject({ steps: [] })
  })
})

describe('a full sync', () => {
  it('costs a request for each project, and for each change', { timeout: 300_000 }, async () => {
    const { keystone: counted, requests } = connectCounting(own.variables)
    const desired = Array.from({ length: 20 }, (_, index) =>
      projectOf('PASS00001', `P${index}`, members('PASS00001', 5, ['full'])),
    )
    const pass = async () => {
      requests.length = 0
      const lists = await listForDomain(counted, mapping)
      for (const one of desired) await converge(counted, one, { lists })
      return requests.length
    }
    for (const one of desired) await converge(counted, one)
    expect(await pass()).toBe(20 + 3)
    const [first, ...rest] = desired
    if (!first) throw new Error('nothing is wanted')
    desired.splice(0, 20, { ...first, members: first.members.slice(2) }, ...rest)
    expect(await pass()).toBe(20 + 3 + 2)
    expect(await pass()).toBe(20 + 3)
  })
})
