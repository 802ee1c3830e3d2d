import { describe, expect, it, onTestFinished, test } from 'vitest'
import { commit } from '../../../shared/records/commit.ts'
import { cancelReview } from '../../../shared/reviews/transition.ts'
import type { WantedDecision } from '../../../shared/reviews/model/decide-item.ts'
import { itemId } from '../../../shared/reviews/model/review-item.ts'
import { startTestEngine } from '../../support/engine.ts'
import { allEvents } from '../provisioning/replay.ts'
import { aroundWriting } from './around-transaction.ts'
import { startReviewed } from './scene.ts'
import { createStaffed } from './directory.ts'

const engine = await startTestEngine()
const customerId = 'WHL000001'
const later = '2027-11-27T09:00:00.000000000Z'

async function start(wakes = false) {
  const scene = await startReviewed(engine, { wakes })
  onTestFinished(() => scene.stop())
  const staffed = await createStaffed(scene, customerId)
  await scene.policy(customerId, { unanswered: 'keep', reminders: [] })
  const [tech, project] = [await staffed.user('customer-tech'), await staffed.project()]
  await staffed.grantUntil(later, tech, project, 'compute:manage')
  const id = itemId({ userId: tech, resource: { kind: 'project', id: project } })
  const open = async () => {
    await scene.start(customerId)
    await scene.lookAtAll()
  }
  /** The item once the review has closed, after one decision. */
  const decided = async (decision: WantedDecision) => {
    await open()
    await scene.decide(customerId, { [id]: decision })
    await scene.apply(customerId)
    await scene.lookAtAll()
    const [review] = await scene.reviewsOf(customerId)
    expect([review?.state, scene.failures]).toEqual(['closed', []])
    return (await scene.itemsOf(customerId, review?.id ?? '')).find((item) => itemId(item) === id)
  }
  const reduce = () => staffed.grant(tech, project, 'compute:read')
  const retype = async () => scene.done(staffed.plans.retype(tech, 'customer-client'))
  return { scene, staffed, tech, project, id, open, decided, meanwhile: { reduce, retype } }
}

const leftAlone = { state: 'verified', outcome: { decision: 'keep', by: 'changed' } }
const decisions: WantedDecision[] = [
  { decision: 'keep' },
  { decision: 'keep', until: '2027-06-01T00:00:00.000000000Z' },
  { decision: 'revoke' },
]

describe.each(['reduce', 'retype'] as const)('what somebody else does: %s', (what) => {
  it.each(decisions)(
    'once the brake is set, leaves nothing to do, decided: $decision $until',
    async (decision) => {
      const { scene, decided, meanwhile } = await start()
      const { isDone } = aroundWriting(scene.client, 'review.settled', { after: meanwhile[what] })
      expect(await decided(decision)).toMatchObject(leftAlone)
      expect(isDone()).toBe(true)
    },
  )

  it('as it is about to be taken away, leaves nothing to do', async () => {
    const { scene, decided, meanwhile } = await start()
    const { isDone } = aroundWriting(scene.client, 'membership.revoked', { before: meanwhile[what] })
    expect(await decided({ decision: 'revoke' })).toMatchObject(leftAlone)
    expect(isDone()).toBe(true)
  })
})

test('what is reduced ends when it would have ended', async () => {
  const { decided, tech, project, staffed, scene } = await start()
  const item = await decided({ decision: 'reduce', roles: ['compute:read'] })
  expect(item).toMatchObject({ state: 'verified', outcome: { decision: 'reduce' } })
  expect(item?.changedSince).toBeUndefined()
  const may = () => staffed.may(tech, 'compute.read', { type: 'project', id: project })
  expect(await may()).toBe(true)
  scene.clock.moveDays(366)
  expect(await may()).toBe(false)
})

test('who is deleted before it is seen to be so keeps the review from nothing', async () => {
  const { scene, staffed, tech, decided } = await start()
  const remove = async () => scene.done(staffed.plans.remove(tech))
  const { isDone } = aroundWriting(scene.client, 'membership.granted', { after: remove })
  const item = await decided({ decision: 'reduce', roles: ['compute:read'] })
  expect(isDone()).toBe(true)
  expect(item).toMatchObject({ state: 'verified' })
  expect(item?.changedSince).toBeUndefined()
})

test('what the deleted have held is nothing that the share is of', async () => {
  const { scene, staffed, tech, open } = await start()
  await open()
  await scene.done(staffed.plans.remove(tech))
  await scene.apply(customerId)
  await scene.lookAtAll()
  const [review] = await scene.reviewsOf(customerId)
  const items = await scene.itemsOf(customerId, review?.id ?? '')
  expect(items.filter(({ state }) => state === 'gone').map(({ userId }) => userId)).toEqual([tech])
  expect(review?.brake?.population).toBe(items.length - 1)
})

test('all items of a user follow a change, however many they are', async () => {
  const { scene, staffed, tech, open, meanwhile } = await start(true)
  for (let place = 0; place < 30; place++) await staffed.grant(tech, await staffed.project(), 'dns:read')
  await open()
  await meanwhile.retype()
  const { review } = await scene.underWay(customerId)
  const types = (await scene.itemsOf(customerId, review.id))
    .filter(({ userId }) => userId === tech)
    .map(({ userType }) => userType)
  expect(types).toEqual(Array.from({ length: 31 }, () => 'customer-client'))
})

test('a review that is cancelled as it follows a change has no more of its items changed', async () => {
  const { scene, staffed, tech, open } = await start(true)
  await open()
  const cancel = async () =>
    commit(scene.table, cancelReview(scene.context(), await scene.underWay(customerId)).change)
  const { isDone } = aroundWriting(scene.client, 'review.items-changed', { before: cancel })
  await staffed.grant(tech, await staffed.project(), 'dns:read')
  expect(isDone()).toBe(true)
  const types = (await allEvents(scene.table, customerId)).map(({ type }) => type)
  expect(types).toContain('review.cancelled')
  expect(types).not.toContain('review.items-changed')
  expect(scene.failures).toEqual([])
})
