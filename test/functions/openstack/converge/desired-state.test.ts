import { expect, onTestFinished, test } from 'vitest'
import { readDesiredState } from '../../../../functions/openstack/converge/project-diff.ts'
import { findByEmail } from '../../../../shared/directory/facts/decision-facts.ts'
import { instantOf } from '../../../../shared/domain/values/instant.ts'
import { asClaim } from '../../../../shared/records/claims.ts'
import { keys } from '../../../../shared/table/keys.ts'
import type { Table } from '../../../../shared/table/table.ts'
import { startTestEngine } from '../../../support/engine.ts'
import { startProvisioned } from '../../../support/provisioned.ts'
import type { TimedEvent } from '../../../support/timeline.ts'
import * as scene from '../../provisioning/scene.ts'

const { customer, customerId, event, mail, membership, project, time, user } = scene
const engine = await startTestEngine()
const now = () => new Date(time(60))
const web = project.created(3, 'web')

/** The table after these events, until the test has ended. */
async function tableAfter(...events: TimedEvent[]) {
  const { table, deliverEach, stop } = await startProvisioned(engine, { now, openstack: true })
  onTestFinished(stop)
  await deliverEach([customer.created, ...events])
  return table
}

const idOfWeb = async (table: Table) =>
  asClaim(await table.get(keys.projectName(customerId, 'web')))?.holders[0]?.id ?? 'none'

/** The desired state of a project after these events. */
async function desiredAfter(...events: TimedEvent[]) {
  const table = await tableAfter(...events)
  return readDesiredState(table, { customerId, projectId: await idOfWeb(table) }, [])
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

const [annInWeb, laterBob] = [membership.granted(4, 'ann', 'web'), user.created(4, 'bob', 'admin')]

test.each<[string, TimedEvent[], Record<string, string>]>([
  ['the main-customer and earlier admins, in full', [bob, web], { ...owner, bob: 'full' }],
  ['no later admin', [web, laterBob], owner],
  [
    'those with a stored grant by that',
    [bob, web, membership.granted(4, 'bob', 'web', ['dns:read'])],
    { ...owner, bob: 'dns:read' },
  ],
  ['nobody who is revoked', [bob, web, membership.revoked(4, 'bob', 'web')], owner],
  [
    'disabled ones, not active',
    [ann, web, annInWeb, user.disabled(5, 'ann')],
    { ...owner, ann: 'full disabled' },
  ],
  ['no deleted user', [ann, web, annInWeb, user.deleted(5, 'ann')], owner],
])('members are: %s', async (_, events, members) => {
  expect(await membersAfter(...events)).toEqual(members)
})

test('an expired membership is none, and the next expiry is returned', async () => {
  const [past, soon, later] = [59, 61, 90].map((minute) => ({ expiresAt: time(minute) }))
  const should = await desiredAfter(
    ...['ann', 'bea', 'cleo'].map((name, n) => ({ ...user.created(2, name, 'tech'), id: `u${n}` })),
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
  const should = await desiredAfter(ann, bob, web, annInWeb, project.deleted(5, 'web'))
  expect(should?.desired).toMatchObject({ project: { status: 'deleting' }, members: [] })
})

test('a project that was never in the directory has no desired state, nor has Main', async () => {
  const table = await tableAfter()
  for (const projectId of ['prj_none', 'main'])
    expect(await readDesiredState(table, { customerId, projectId }, [])).toBeUndefined()
  expect(await readDesiredState(table, { customerId: 'ZZZ000001', projectId: 'prj_1' }, [])).toBeUndefined()
})

test('a candidate who is not in the index yet is a member', async () => {
  const table = await tableAfter(ann, web, annInWeb)
  const projectId = await idOfWeb(table)
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
})
