import { describe, expect, it, test } from 'vitest'
import { commit } from '../../../shared/records/commit.ts'
import { cancelReview } from '../../../shared/reviews/transition.ts'
import type { WantedDecision } from '../../../shared/reviews/model/decide-item.ts'
import { itemId } from '../../../shared/reviews/model/review-item.ts'
import { startTestEngine } from '../../support/engine.ts'
import { allEvents } from '../provisioning/replay.ts'
import { aroundTransaction } from './around-transaction.ts'
import { startDirectory } from './directory.ts'

const engine = await startTestEngine()
const customerId = 'WHL000001'
const later = '2027-11-27T09:00:00.000000000Z'

async function start(triggered = false) {
  const { scene, directory, open, newest, closed } = await startDirectory(engine, customerId, { triggered })
  await scene.policy(customerId, { unanswered: 'keep', reminders: [] })
  const [tech, project] = [await directory.user('customer-tech'), await directory.project()]
  await directory.grantUntil(later, tech, project, 'compute:manage')
  const id = itemId({ userId: tech, resource: { kind: 'project', id: project } })
  /** The item once the review has closed, after one decision. */
  const decided = async (decision: WantedDecision) => {
    await open()
    await scene.decide(customerId, { [id]: decision })
    await scene.apply(customerId)
    return (await closed()).get(id)
  }
  const reduce = () => directory.grant(tech, project, 'compute:read')
  const retype = async () => scene.commitPlan(directory.plans.retype(tech, 'customer-client'))
  return { scene, directory, tech, project, open, newest, decided, meanwhile: { reduce, retype } }
}

const unchanged = { state: 'verified', outcome: { decision: 'keep', by: 'changed' } }
const decisions: WantedDecision[] = [
  { decision: 'keep' },
  { decision: 'keep', until: '2027-06-01T00:00:00.000000000Z' },
  { decision: 'revoke' },
]

describe.each(['reduce', 'retype'] as const)('a concurrent change: %s', (what) => {
  it.each(decisions)(
    'after the cap is set leaves nothing to do, decided: $decision $until',
    async (decision) => {
      const { scene, decided, meanwhile } = await start()
      const { isDone } = aroundTransaction(scene.client, 'review.settled', { after: meanwhile[what] })
      expect(await decided(decision)).toMatchObject(unchanged)
      expect(isDone()).toBe(true)
    },
  )

  it('right before the revocation leaves nothing to do', async () => {
    const { scene, decided, meanwhile } = await start()
    const { isDone } = aroundTransaction(scene.client, 'membership.revoked', { before: meanwhile[what] })
    expect(await decided({ decision: 'revoke' })).toMatchObject(unchanged)
    expect(isDone()).toBe(true)
  })
})

test('a reduced grant keeps its expiry', async () => {
  const { decided, tech, project, directory, scene } = await start()
  const item = await decided({ decision: 'reduce', roles: ['compute:read'] })
  expect(item).toMatchObject({ state: 'verified', outcome: { decision: 'reduce' } })
  expect(item?.changedSince).toBeUndefined()
  const may = () => directory.may(tech, 'compute.read', { type: 'project', id: project })
  expect(await may()).toBe(true)
  scene.clock.moveDays(366)
  expect(await may()).toBe(false)
})

test('a user deleted before the verification does not keep the review open', async () => {
  const { scene, directory, tech, decided } = await start()
  const remove = async () => scene.commitPlan(directory.plans.remove(tech))
  const { isDone } = aroundTransaction(scene.client, 'membership.granted', { after: remove })
  const item = await decided({ decision: 'reduce', roles: ['compute:read'] })
  expect(isDone()).toBe(true)
  expect(item).toMatchObject({ state: 'verified' })
  expect(item?.changedSince).toBeUndefined()
})

test('grants of deleted users do not count for the share', async () => {
  const { scene, directory, tech, open, newest } = await start()
  await open()
  await scene.commitPlan(directory.plans.remove(tech))
  await scene.apply(customerId)
  await scene.runDue()
  const { review, ...found } = await newest()
  const items = [...found.items.values()]
  expect(items.filter(({ state }) => state === 'gone').map(({ userId }) => userId)).toEqual([tech])
  expect(review?.brake?.population).toBe(items.length - 1)
})

test('a change of a user updates all items, however many', async () => {
  const { directory, tech, open, newest, meanwhile } = await start(true)
  for (let place = 0; place < 30; place++) await directory.grant(tech, await directory.project(), 'dns:read')
  await open()
  await meanwhile.retype()
  const types = [...(await newest()).items.values()]
    .filter(({ userId }) => userId === tech)
    .map(({ userType }) => userType)
  expect(types).toEqual(Array.from({ length: 31 }, () => 'customer-client'))
})

test('a review cancelled during an update has no further items changed', async () => {
  const { scene, directory, tech, open } = await start(true)
  await open()
  const cancel = async () =>
    commit(scene.table, cancelReview(scene.context(), await scene.current(customerId)).change)
  const { isDone } = aroundTransaction(scene.client, 'review.items-changed', { before: cancel })
  await directory.grant(tech, await directory.project(), 'dns:read')
  expect(isDone()).toBe(true)
  const types = (await allEvents(scene.table, customerId)).map(({ type }) => type)
  expect(types).toContain('review.cancelled')
  expect(types).not.toContain('review.items-changed')
  expect(scene.failures).toEqual([])
})
