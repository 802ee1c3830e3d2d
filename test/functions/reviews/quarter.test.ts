import { expect, test } from 'vitest'
import { levels } from '../../../shared/domain/entities/role.ts'
import { instantOf } from '../../../shared/domain/values/instant.ts'
import type { WantedDecision } from '../../../shared/reviews/model/decide-item.ts'
import { itemId, outcomeName } from '../../../shared/reviews/model/review-item.ts'
import { listReminders } from '../../../shared/reviews/reminder-store.ts'
import { recordUsage } from '../../../shared/usage/usage-store.ts'
import type { Usage } from '../../../shared/usage/usage.ts'
import { startTestEngine } from '../../support/engine.ts'
import { isLong } from '../../support/long.ts'
import { readOrg } from '../../support/orgs.ts'
import { Random } from '../../support/random.ts'
import { tenant } from '../../support/timeline.ts'
import { marksOf } from './clock-scene.ts'
import { expectedExport, grantsIn, placesOf } from './expected-export.ts'
import { randomDecision } from './random-decisions.ts'
import { type ReviewScene, startReviewScene } from './scene.ts'

const engine = await startTestEngine()
const org = isLong ? 'kubernetes' : 'kubernetes-client'

/** Records usage of half the grants, at random. */
async function useAtRandom(scene: ReviewScene, c: string, random: Random) {
  const uses = (await scene.entitlementsIn(c))
    .filter(() => random.chance(0.5))
    .map(({ userId, resource }): Usage => ({ customerId: c, userId, resource, level: random.pick(levels) }))
  await recordUsage(scene.table, uses, instantOf(scene.clock.now()).slice(0, 10))
}

test('a quarter of a real organisation: opened by the clock, decided in part, reminded twice, applied and verified', async () => {
  const events = readOrg(org)
  const [first] = events
  const c = first ? tenant(first) : ''
  const random = new Random(7)
  const scene = await startReviewScene(engine, { at: '2026-11-27T09:00:00Z' })
  await scene.deliverAll(events)
  await scene.reviews.beginSchedules()
  const before = await scene.exportOf(c)

  // Usage of the second day is more than ninety days before the clock opens a review.
  await scene.after(1)
  await useAtRandom(scene, c, random)
  await scene.after(59)
  expect(await scene.reviewsOf(c)).toEqual([])
  await useAtRandom(scene, c, random)
  await scene.after(32.5)
  const [opened] = await scene.reviewsOf(c)
  expect(opened).toMatchObject({ state: 'open', startedBy: { kind: 'system' } })
  const reviewId = opened?.id ?? ''
  const items = await scene.itemsOf(c, reviewId)
  expect(placesOf(items).toSorted()).toEqual(grantsIn(before).toSorted())
  expect(opened?.items).toBe(items.length)

  const now = instantOf(scene.clock.now())
  const chosen = random.shuffled(items).slice(0, isLong ? 300 : 30)
  const decisions = new Map<string, WantedDecision>()
  for (let place = 0; place < chosen.length; place += 50) {
    const part = chosen
      .slice(place, place + 50)
      .map((item) => [itemId(item), randomDecision(item, random, now)] as const)
    for (const [id, decision] of part) decisions.set(id, decision)
    await scene.decide(c, Object.fromEntries(part))
  }
  await scene.after(7)
  await scene.after(6)
  await scene.after(1)

  const [closed] = await scene.reviewsOf(c)
  expect(closed).toMatchObject({ id: reviewId, state: 'closed' })
  expect(marksOf(closed ?? { reminded: [] })).toEqual(['opened', '7d', '1d'])
  const reminders = await listReminders(scene.table, c, reviewId)
  for (const { mark, told } of closed?.reminded ?? []) {
    expect(reminders.filter((reminder) => reminder.mark === mark)).toHaveLength(told)
  }

  // Every grant has one item, and every item one outcome.
  const done = await scene.itemsOf(c, reviewId)
  expect(placesOf(done)).toEqual(placesOf(items))
  expect(done.map(({ state }) => state)).toEqual(done.map(() => 'verified'))
  const counts = Object.groupBy(done, (item) => outcomeName(item) ?? 'none')
  expect(Object.fromEntries(Object.entries(counts).map(([name, list]) => [name, list?.length]))).toEqual(
    closed?.outcomes,
  )
  const asDecided = done.map((item) => {
    const decided = decisions.get(itemId(item))
    return decided ? { ...decided, by: 'decision' } : { ...item.outcome, by: 'default' }
  })
  expect(done.map(({ outcome }) => outcome)).toEqual(asDecided)
  const takenByDefault = done.filter(
    ({ outcome }) => outcome?.by === 'default' && outcome.decision !== 'keep',
  )
  expect(takenByDefault.length).toBeGreaterThan(0)
  expect(takenByDefault.length).toBeLessThanOrEqual(done.length * 0.2)

  // The directory has lost the revoked rights, and nothing else.
  expect((await scene.exportOf(c)).toSorted()).toEqual(expectedExport(before, done))
  expect(scene.failures).toEqual([])
  await scene.stop()
}, 300_000)
