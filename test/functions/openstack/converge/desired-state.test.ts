import { expect, test } from 'vitest'
import { readDesiredState } from '../../../../functions/openstack/converge/project-diff.ts'
import { findByEmail } from '../../../../shared/directory/facts/decision-facts.ts'
import { instantOf } from '../../../../shared/domain/values/instant.ts'
import { asClaim } from '../../../../shared/records/claims.ts'
import { keys } from '../../../../shared/table/keys.ts'
import { startTestEngine } from '../../../support/engine.ts'
import { startProvisioned } from '../../../support/provisioned.ts'
import type { TimedEvent } from '../../../support/timeline.ts'
import {
  customer,
  customerId,
  event,
  mail,
  membership,
  project,
  time,
  user,
} from '../../provisioning/scene.ts'

const engine = await startTestEngine()
const now = () => new Date(time(60))
const web = project.created(3, 'web')

/** The desired state of a project after these events. */
async function desiredAfter(...events: TimedEvent[]) {
  const service = await startProvisioned(engine, { now, openstack: true })
  await service.deliverEach([customer.created, ...events])
  const { table } = service
  const claim = asClaim(await table.get(keys.projectName(customerId, 'web')))
  const projectId = claim?.holders[0]?.id ?? 'none'
  const should = await readDesiredState(table, { customerId, projectId }, [])
  await service.stop()
  return should
}

async function membersAfter(...events: TimedEvent[]) {
  const members = (await desiredAfter(...events))?.desired.members ?? []
  const told = members.map(({ email, roles, active }) => [
    email.split('@')[0],
    `${roles.join(' ')}${active ? '' : ' disabled'}`,
  ])
  return Object.fromEntries(told) as Record<string, string>
}

const [ann, bob] = [user.created(1, 'ann', 'tech'), user.created(2, 'bob', 'admin')]
const owner = { owner: 'full' }

test('the main-customer and earlier admins are members, in full', async () => {
  expect(await membersAfter(bob, web)).toEqual({ ...owner, bob: 'full' })
})

test('a later admin is no member', async () => {
  expect(await membersAfter(web, user.created(4, 'bob', 'admin'))).toEqual(owner)
})

test('stored grants come first, and a revoked member is none', async () => {
  expect(await membersAfter(bob, web, membership.granted(4, 'bob', 'web', ['dns:read']))).toEqual({
    ...owner,
    bob: 'dns:read',
  })
  expect(await membersAfter(bob, web, membership.revoked(4, 'bob', 'web'))).toEqual(owner)
})

test('a disabled member is an inactive one', async () => {
  expect(await membersAfter(ann, web, membership.granted(4, 'ann', 'web'), user.disabled(5, 'ann'))).toEqual({
    ...owner,
    ann: 'full disabled',
  })
})

test('a deleted user is no member', async () => {
  expect(await membersAfter(ann, web, membership.granted(4, 'ann', 'web'), user.deleted(5, 'ann'))).toEqual(
    owner,
  )
})

test('an expired membership is none, and the next expiry is returned', async () => {
  const [past, soon, later] = [59, 61, 90].map((minute) => ({ expiresAt: time(minute) }))
  const should = await desiredAfter(
    ...[ann, user.created(2, 'bea', 'tech'), user.created(2, 'cleo', 'tech')].map((one, n) => ({
      ...one,
      id: `u${n}`,
    })),
    web,
    membership.granted(4, 'ann', 'web', ['full'], past),
    membership.granted(5, 'bea', 'web', ['full'], later),
    membership.granted(6, 'cleo', 'web', ['full'], soon),
  )
  const emails = should?.desired.members.map(({ email }) => email)
  expect(new Set(emails)).toEqual(new Set(['owner', 'bea', 'cleo'].map(mail)))
  expect(should?.expiresAt).toBe(instantOf(new Date(time(61))))
})

test.each([
  ['suspended', true],
  ['closed', true],
  ['resumed', false],
] as const)('a project of a customer that is %s is disabled: %s', async (status, suspended) => {
  const should = await desiredAfter(web, customer.suspended(5), event(6, `customer.${status}`))
  expect(should?.desired).toMatchObject({ suspended, project: { name: 'web', status: 'active' } })
})

test('a project that is being deleted has no members', async () => {
  const should = await desiredAfter(
    ann,
    bob,
    web,
    membership.granted(4, 'ann', 'web'),
    project.deleted(5, 'web'),
  )
  expect(should?.desired).toMatchObject({ project: { status: 'deleting' }, members: [] })
})

test('a project that was never in the directory has no desired state, nor has Main', async () => {
  const { table, deliverEach, stop } = await startProvisioned(engine, { now })
  await deliverEach([customer.created])
  for (const projectId of ['prj_none', 'main'])
    expect(await readDesiredState(table, { customerId, projectId }, [])).toBeUndefined()
  expect(await readDesiredState(table, { customerId: 'ZZZ000001', projectId: 'prj_1' }, [])).toBeUndefined()
  await stop()
})

test('a candidate who is not in the index yet is a member', async () => {
  const { table, deliverEach, stop } = await startProvisioned(engine, { now })
  await deliverEach([customer.created, ann, web, membership.granted(4, 'ann', 'web')])
  const [projectId = ''] =
    asClaim(await table.get(keys.projectName(customerId, 'web')))?.holders.map(({ id }) => id) ?? []
  const lagging = {
    ...table,
    queryPage: async (query: Parameters<typeof table.queryPage>[0]) =>
      query.index ? { items: [] } : table.queryPage(query),
  }
  const annId = (await findByEmail(table, customerId, mail('ann'))) ?? ''
  const emailsOf = async (others: string[]) =>
    (await readDesiredState(lagging, { customerId, projectId }, others))?.desired.members.map(
      ({ email }) => email,
    )
  expect(await emailsOf([])).toEqual([mail('owner')])
  expect(new Set(await emailsOf([annId, 'usr_unknown']))).toEqual(new Set([mail('owner'), mail('ann')]))
  await stop()
})
