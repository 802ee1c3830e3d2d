import { expect, it } from 'vitest'
import { openstackView } from '../../shared/domain/openstack.ts'
import type { Keystone } from '../../shared/openstack/keystone.ts'
import { findCustomer } from '../../shared/table/customers.ts'
import { findRecord, findSpreading } from '../../shared/table/openstack.ts'
import { listProjects } from '../../shared/table/projects.ts'
import type { Table } from '../../shared/table/table.ts'
import * as scene from '../functions/provisioning/scene.ts'
import { startTestEngine } from '../support/engine.ts'
import { compare } from '../support/keystone/equal.ts'
import { startFollowed } from '../support/keystone/followed.ts'
import { connectTo, ownKeystone } from '../support/keystone/shared.ts'
import type { TimedEvent } from '../support/timeline.ts'

const engine = await startTestEngine()
const own = await ownKeystone()
const direct = connectTo(own.variables)

type Call = Parameters<Keystone['call']>[0]

/** Holds back the first call that fits until it's let go; others pass. */
function gate(fits: (call: Call) => boolean) {
  let isUsed = false
  const reached = Promise.withResolvers<void>()
  const opened = Promise.withResolvers<void>()
  const keystone: Keystone = {
    ...direct,
    async call(call) {
      if (!isUsed && fits(call)) {
        isUsed = true
        reached.resolve()
        await opened.promise
      }
      return direct.call(call)
    },
  }
  return { keystone, isReached: reached.promise, open: () => opened.resolve() }
}

const isAssignment = ({ method, path }: Call) => method === 'PUT' && path.includes('/roles/')

let customers = 0

/** Each story is another customer's: all of them have one Keystone. */
async function startScene() {
  const customerId = `BGE${String(++customers).padStart(6, '0')}`
  let ahead = 0
  const now = () => new Date(Date.now() + ahead)
  const advance = (milliseconds: number) => void (ahead += milliseconds)
  const followed = await startFollowed(engine, { keystone: direct, now, advance, onStream: false })
  const tell = (events: readonly TimedEvent[]) =>
    followed.deliverEach(events.map((each) => ({ ...each, data: { ...each.data, customerId } })))
  await tell([
    scene.born,
    scene.user(1, 'ann', 'admin'),
    scene.user(2, 'tom', 'tech'),
    scene.project(3, 'web'),
  ])
  await followed.follow()
  const expectEqual = async () => {
    const { should, is } = await compare(followed.table, direct, customerId)
    expect(is).toEqual(should)
  }
  return { ...followed, customerId, tell, advance, expectEqual }
}

/** What has just been granted, and is on its way when it's taken back. */
const interruptions = [
  ['the membership is revoked', [scene.grant(10, 'tom', 'web', ['full'])], [scene.revoke(11, 'tom', 'web')]],
  ['the user is deleted', [scene.grant(10, 'tom', 'web', ['full'])], [scene.userGone(11, 'tom')]],
  [
    'the user becomes billing',
    [scene.grant(10, 'tom', 'web', ['full'])],
    [scene.becomes(11, 'tom', 'billing')],
  ],
  ['the project is deleted', [scene.grant(10, 'tom', 'web', ['full'])], [scene.projectGone(11, 'web')]],
  [
    'the customer is suspended',
    [scene.grant(10, 'tom', 'web', ['full'])],
    [scene.becomesCustomer(11, 'suspended')],
  ],
  [
    'the admin is demoted',
    [scene.user(10, 'kim', 'admin'), scene.project(11, 'shop')],
    [scene.becomes(12, 'kim', 'tech')],
  ],
] as const

it.each(interruptions)(
  'a run that gives what is taken back meanwhile does not have the last word: %s',
  async (_, given, taken) => {
    const { tell, worker, openstack, follow, expectEqual } = await startScene()
    await tell(given)
    const { keystone, isReached, open } = gate(isAssignment)
    const older = worker(keystone).sweep()
    await isReached
    await tell(taken)
    // Somebody newer comes by, who may not be at the same project at the same time.
    await openstack.sweep()
    open()
    await older
    await follow()
    await expectEqual()
  },
)

it.each(interruptions)('nor does one that was thought dead and comes back: %s', async (_, given, taken) => {
  const { tell, worker, openstack, follow, expectEqual, advance } = await startScene()
  await tell(given)
  const { keystone, isReached, open } = gate(isAssignment)
  const older = worker(keystone).sweep()
  await isReached
  await tell(taken)
  advance(130_000)
  await openstack.sweep()
  await openstack.sweep()
  open()
  await older
  await follow()
  await expectEqual()
})

it('a project is called ready only with everybody in it who was granted something before', async () => {
  const { tell, table, openstack, isSettled, customerId } = await startScene()
  const steps = [
    [scene.grant(10, 'tom', 'web', ['compute:read'])],
    [scene.user(11, 'kim', 'admin'), scene.project(12, 'shop')],
    [scene.becomes(13, 'tom', 'admin'), scene.project(14, 'blog')],
    [scene.becomesCustomer(15, 'suspended')],
    [scene.becomesCustomer(16, 'resumed')],
    [scene.grant(17, 'kim', 'web', ['dns:read'])],
  ]
  for (const events of steps) {
    await tell(events)
    let isOver = false
    const sweeping = (async () => {
      while (!(await isSettled())) await openstack.sweep()
      isOver = true
    })()
    do await expectTruth(table, customerId)
    while (!isOver)
    await sweeping
    await expectTruth(table, customerId)
  }
})

/** Of every project that is called ready, Keystone has all that the directory said before it was asked. */
async function expectTruth(table: Table, customerId: string): Promise<void> {
  const customer = await findCustomer(table, customerId)
  if (!customer) throw new Error('there is no customer')
  const { items } = await listProjects(table, customerId)
  const spreading = await findSpreading(table, customerId)
  const called = await Promise.all(
    items
      .filter(({ kind }) => kind === 'openstack')
      .map(async (project) => {
        const record = await findRecord(table, { customerId, projectId: project.id })
        return [project.name, openstackView(project, customer, record, spreading).state]
      }),
  )
  const ready = called.filter(([, state]) => state === 'ready').map(([name]) => name)
  const { should, is } = await compare(table, direct, customerId)
  const present = new Set(is)
  const missing = should.filter(
    (line) => ready.some((name) => line.endsWith(` in ${name}`)) && !present.has(line),
  )
  expect(missing).toEqual([])
}
