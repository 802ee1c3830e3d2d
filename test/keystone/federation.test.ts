import { describe, expect, it } from 'vitest'
import { pathTo } from '../../shared/openstack/keystone/client.ts'
import { findUserFederated, updateKeystoneUser } from '../../shared/openstack/keystone/users.ts'
import { applySteps } from '../../shared/openstack/plan/apply.ts'
import type { DesiredMember, DesiredProject, DesiredUser } from '../../shared/openstack/plan/desired.ts'
import { findFor, listForDomain, listForCustomer, withProject } from '../../shared/openstack/plan/find.ts'
import { readMapping } from '../../shared/openstack/plan/mapping.ts'
import { federatedIdOf } from '../../shared/openstack/plan/names.ts'
import { planProject } from '../../shared/openstack/plan/plan-project.ts'
import { planUser } from '../../shared/openstack/plan/plan-user.ts'
import type { Step } from '../../shared/openstack/plan/step.ts'
import { snapshotOf } from '../../shared/openstack/plan/snapshot.ts'
import { findRecord } from '../../shared/openstack/sync/store.ts'
import { listProjects } from '../../shared/records/projects.ts'
import * as scene from '../functions/provisioning/scene.ts'
import { startTestEngine } from '../support/engine.ts'
import { compare } from '../support/keystone/equal.ts'
import { findUserNamed } from '../support/keystone/find.ts'
import { startSync } from '../support/keystone/sync.ts'
import { makeProvider } from '../support/keystone/provider.ts'
import { connectCounting, ownKeystone } from '../support/keystone/shared.ts'

const own = await ownKeystone()
const { keystone, requests } = connectCounting(own.variables)
const provider = { OS_IDP: await makeProvider(keystone, 'corp'), OS_PROTOCOL: 'openid' }
const mapping = readMapping(provider)
const { domainId } = mapping
const federation = { idpId: 'corp', protocolId: 'openid' }

const member = (userId: string, email: string): DesiredMember => ({
  userId,
  email: `${email}@x.example`,
  active: true,
  roles: ['full'],
})
const projectOf = (customerId: string, ...members: DesiredMember[]): DesiredProject => ({
  customerId,
  project: { id: 'P1', name: 'shop', description: '', status: 'active' },
  suspended: false,
  // No two customers have a user id in common.
  members: members.map((one) => ({ ...one, userId: `${customerId}-${one.userId}` })),
})

const whyOf = (step: Step) => ('why' in step ? step.why : step.do)

/** The steps of a worker for a project, and for a user. */
async function converge(desired: DesiredProject) {
  const ref = { customerId: desired.customerId, projectId: desired.project.id }
  const its = await listForCustomer(keystone, mapping, desired.customerId)
  const lists = await withProject(keystone, ref, its, mapping)
  const snapshot = await findFor(keystone, desired, lists, mapping)
  const { steps, projectId, obstacles } = planProject(desired, snapshot, mapping)
  const { failures, stopped } = await applySteps(keystone, steps, { domainId, projectId })
  return { whys: steps.map(whyOf), obstacles, failures, stopped }
}

async function convergeUser(user: DesiredUser) {
  const lists = await listForCustomer(keystone, mapping, user.customerId)
  const snapshot = snapshotOf({ ...lists, assignments: [] })
  const { steps } = planUser(user, snapshot, mapping, { create: false })
  const { failures } = await applySteps(keystone, steps, { domainId, projectId: undefined })
  return { whys: steps.map(whyOf), failures }
}

/** Plans again, as a run, a fan-out and the full sync do. */
async function expectNothingToDo(desired: DesiredProject): Promise<void> {
  expect(await converge(desired)).toEqual({ whys: [], obstacles: [], failures: [], stopped: undefined })
  const { customerId } = desired
  const lists = await listForDomain(keystone, mapping)
  expect(planProject(desired, await findFor(keystone, desired, lists, mapping), mapping).steps).toEqual([])
  for (const { userId, email } of desired.members) {
    const user: DesiredUser = { customerId, userId, email, status: 'active' }
    const snapshot = snapshotOf({ ...lists, assignments: [] })
    expect(planUser(user, snapshot, mapping, { create: false }).steps).toEqual([])
  }
}

const userOf = (customerId: string, name: string, status: DesiredUser['status']): DesiredUser => ({
  customerId,
  userId: `${customerId}-U1`,
  email: `${name}@x.example`,
  status,
})
/** The user with the name that belongs to this address. */
const named = (customerId: string, name: string) =>
  findUserNamed(keystone, domainId, `${customerId}_${name}@x.example`)

/** The Keystone name of the user whom a login with this address finds. */
const loginOf = async (email: string) =>
  (await findUserFederated(keystone, { ...federation, uniqueId: federatedIdOf(`${email}@x.example`) }))?.name

describe('a login', () => {
  it('leads to the user, whose identity moves with the name when the e-mail address changes', async () => {
    const [ann, bob] = [member('U1', 'ann1'), member('U2', 'bob1')]
    expect(await converge(projectOf('FED000001', ann, bob))).toMatchObject({ failures: [], obstacles: [] })
    expect(await loginOf('ann1')).toBe('FED000001_ann1@x.example')
    await expectNothingToDo(projectOf('FED000001', ann, bob))

    const anna = member('U1', 'anna1')
    expect(await converge(projectOf('FED000001', anna, bob))).toMatchObject({
      whys: ['rename'],
      failures: [],
    })
    expect([await loginOf('ann1'), await loginOf('anna1')]).toEqual([undefined, 'FED000001_anna1@x.example'])
    await expectNothingToDo(projectOf('FED000001', anna, bob))
    // As in a fan-out, which doesn't look up the identity's holder.
    const user = userOf('FED000001', 'ann1', 'active')
    expect(await convergeUser(user)).toEqual({ whys: ['rename'], failures: [] })
    expect(await loginOf('ann1')).toBe('FED000001_ann1@x.example')
  })

  it('leads to the next holder of the address once a user is gone', async () => {
    await converge(projectOf('FED000002', member('U1', 'ann2')))
    const gone = userOf('FED000002', 'ann2', 'gone')
    expect(await convergeUser(gone)).toEqual({ whys: ['disable', 'rename'], failures: [] })
    expect(await convergeUser(gone)).toEqual({ whys: [], failures: [] })
    expect(await loginOf('ann2')).toBeUndefined()
    const next = projectOf('FED000002', member('U2', 'ann2'))
    expect(await converge(next)).toMatchObject({ failures: [], obstacles: [] })
    const holder = await named('FED000002', 'ann2')
    expect(holder).toMatchObject({ latchkeyUserId: 'FED000002-U2', federatedId: 'ann2%40x.example' })
    expect(await loginOf('ann2')).toBe('FED000002_ann2@x.example')
    await expectNothingToDo(next)
  })

  it('is swapped with the addresses', async () => {
    await converge(projectOf('FED000003', member('U1', 'ann3'), member('U2', 'bob3')))
    const swapped = projectOf('FED000003', member('U1', 'bob3'), member('U2', 'ann3'))
    const whys = ['make-room', 'make-room', 'rename', 'rename']
    expect(await converge(swapped)).toMatchObject({ whys, failures: [] })
    for (const [name, userId] of Object.entries({ ann3: 'U2', bob3: 'U1' })) {
      expect(await loginOf(name)).toBe(`FED000003_${name}@x.example`)
      expect(await named('FED000003', name)).toMatchObject({
        latchkeyUserId: `FED000003-${userId}`,
      })
    }
    await expectNothingToDo(swapped)
  })

  it('is freed where another has the name', async () => {
    await converge(projectOf('FED000004', member('U1', 'ann4')))
    const next = projectOf('FED000004', member('U2', 'ann4'))
    expect(await converge(next)).toMatchObject({ failures: [], obstacles: [] })
    expect(await named('FED000004', 'ann4')).toMatchObject({
      latchkeyUserId: 'FED000004-U2',
    })
    expect(await loginOf('ann4')).toBe('FED000004_ann4@x.example')
    await expectNothingToDo(next)
  })
})

describe('a login that is taken', () => {
  const first = projectOf('FED000010', member('U1', 'eve'))
  const second = projectOf('FED000011', member('U1', 'eve'))

  it('stays with the first of two customers, and the second one’s project is in sync without', async () => {
    for (const desired of [first, second])
      expect(await converge(desired)).toMatchObject({ failures: [], obstacles: [], stopped: undefined })
    expect(await loginOf('eve')).toBe('FED000010_eve@x.example')
    requests.length = 0
    await expectNothingToDo(second)
    expect(requests.filter((request) => !request.startsWith('GET'))).toEqual([])
    await expectNothingToDo(first)
  })

  it('doesn’t prevent a change of the name, nor the release of an outdated one', async () => {
    const [mia, eve] = ['mia', 'eve'].map((name) => projectOf('FED000012', member('U1', name)))
    if (!mia || !eve) throw new Error('both are there')
    await converge(mia)
    expect(await converge(eve)).toMatchObject({ whys: ['rename'], failures: [] })
    expect([await loginOf('mia'), await loginOf('eve')]).toEqual([undefined, 'FED000010_eve@x.example'])
    expect(await named('FED000012', 'eve')).toBeDefined()
    await expectNothingToDo(eve)
    await converge(mia)
    expect(await loginOf('mia')).toBe('FED000012_mia@x.example')
  })

  it('comes to the second when the first loses it', async () => {
    await converge(projectOf('FED000010', member('U1', 'eve-at-home')))
    expect(await converge(second)).toMatchObject({ whys: ['federate'], failures: [] })
    expect(await loginOf('eve')).toBe('FED000011_eve@x.example')
    await expectNothingToDo(second)
  })

  it('may belong to a user of others, even in another domain', async () => {
    const body = { domain: { name: 'elsewhere' } }
    const made = await keystone.call({ method: 'POST', path: '/domains', body, expect: 201 })
    const { id } = (made as { domain: { id: string } }).domain
    const protocols = [{ protocol_id: 'openid', unique_id: 'kim%40x.example' }]
    for (const user of [
      { name: 'kim', domain_id: id, federated: [{ idp_id: 'corp', protocols }] },
      { name: 'nobody', domain_id: id },
    ])
      await keystone.call({ method: 'POST', path: '/users', body: { user }, expect: 201 })
    const desired = projectOf('FED000013', member('U1', 'kim'))
    expect(await converge(desired)).toMatchObject({ failures: [], obstacles: [] })
    await expectNothingToDo(desired)
    const theirs = await findUserFederated(keystone, { ...federation, uniqueId: 'kim%40x.example' })
    expect(theirs).toMatchObject({ name: 'kim', domainId: id })
    await keystone.call({ method: 'DELETE', path: pathTo('users', theirs?.id ?? ''), expect: 204 })
    expect(await converge(desired)).toMatchObject({ whys: ['federate'], failures: [] })
    await expectNothingToDo(desired)
  })
})

describe('a user from before the provider', () => {
  it('gets its identity, and a name that was changed by hand comes back', async () => {
    const desired = projectOf('FED000020', member('U1', 'ida'))
    const before = readMapping({})
    const lists = await listForDomain(keystone, before)
    const plan = planProject(desired, await findFor(keystone, desired, lists, before), before)
    await applySteps(keystone, plan.steps, { domainId, projectId: plan.projectId })
    expect(await converge(desired)).toMatchObject({ whys: ['federate'], failures: [] })
    expect(await loginOf('ida')).toBe('FED000020_ida@x.example')
    const ida = await named('FED000020', 'ida')
    if (!ida) throw new Error('there is no ida')
    await updateKeystoneUser(keystone, ida, {
      name: 'FED000020_mine',
      federated: { ...federation, uniqueId: 'mine' },
    })
    expect(await converge(desired)).toMatchObject({ whys: ['rename'], failures: [] })
    expect(await loginOf('ida')).toBe('FED000020_ida@x.example')
    await expectNothingToDo(desired)
  })
})

const engine = await startTestEngine()

describe('the worker', () => {
  it('marks both customers’ projects ready, finds no drift, and allows an address again', async () => {
    const ahead = { milliseconds: 0 }
    const sync = await startSync(engine, {
      keystone,
      variables: provider,
      onStream: false,
      now: () => new Date(Date.now() + ahead.milliseconds),
      advance: (milliseconds) => void (ahead.milliseconds += milliseconds),
    })
    const { table, untilSettled, openstack } = sync
    const others = 'BGF000081'
    const events = [
      scene.customer.created,
      scene.user.created(1, 'ann', 'admin'),
      scene.user.created(2, 'tom', 'tech'),
      scene.project.created(3, 'web'),
      scene.membership.granted(4, 'tom', 'web'),
    ]
    await sync.deliverEach(events)
    await sync.deliverEach(
      events.map((event) => ({ ...event, id: `${event.id}-b`, data: { ...event.data, customerId: others } })),
    )
    await untilSettled()
    const expectReady = async () => {
      for (const customerId of [scene.customerId, others]) {
        const { expected: should, actual: is } = await compare(table, keystone, customerId)
        expect(is).toEqual(should)
        const { items } = await listProjects(table, customerId)
        const web = items.find(({ name }) => name === 'web')
        expect(await findRecord(table, { customerId, projectId: web?.id ?? '' })).toMatchObject({
          state: 'ready',
        })
      }
    }
    await expectReady()
    requests.length = 0
    await openstack.fullSync({ now: true })
    expect(requests.filter((request) => !request.startsWith('GET'))).toEqual([])

    const uniqueId = federatedIdOf(scene.mail('tom'))
    const before = await findUserFederated(keystone, { ...federation, uniqueId })
    const customerId = String(before?.name.split('_')[0])
    const at = (event: typeof scene.customer.created) => ({
      ...event,
      id: `${event.id}-again`,
      data: { ...event.data, customerId },
    })
    await sync.deliverEach([at(scene.user.deleted(10, 'tom'))])
    await untilSettled()
    await sync.deliverEach([
      at(scene.user.created(11, 'tom', 'tech')),
      at(scene.membership.granted(12, 'tom', 'web')),
    ])
    await untilSettled()
    await expectReady()
    const after = await findUserFederated(keystone, { ...federation, uniqueId })
    expect(after?.name).toBe(before?.name)
    expect(after?.id).not.toBe(before?.id)
  })
})
