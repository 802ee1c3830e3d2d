import { beforeAll, expect, test } from 'vitest'
import { createReviews } from '../../../functions/reviews/worker.ts'
import { instantOf } from '../../../shared/domain/values/instant.ts'
import { dueSchedules } from '../../../shared/reviews/store.ts'
import type { Item } from '../../../shared/table/item.ts'
import type { Table } from '../../../shared/table/table.ts'
import { startTestEngine } from '../../support/engine.ts'
import { isLong, runs } from '../../support/long.ts'
import { mortalTable } from '../../support/mortal-table.ts'
import { readOrg } from '../../support/orgs.ts'
import { Random } from '../../support/random.ts'
import { itemsIn } from '../../support/table-copies.ts'
import { tenant } from '../../support/timeline.ts'
import { type Drive, driveOnce, runWholeReview, silent } from './whole-review.ts'
import { startReviewScene } from './scene.ts'

const engine = await startTestEngine()
const events = readOrg(isLong ? 'etcd-io' : 'kubernetes-client')
const customerId = events[0] ? tenant(events[0]) : ''
let items: Item[] = []
let undisturbed: Awaited<ReturnType<typeof runWholeReview>>

beforeAll(async () => {
  const scene = await startReviewScene(engine)
  await scene.deliverAll(events)
  await scene.reviews.beginSchedules()
  await scene.policy(customerId, { unanswered: 'revoke', reminders: [] })
  await scene.stop()
  items = await itemsIn(engine, scene.tableName)
  undisturbed = await runWholeReview(engine, items, customerId, driveOnce)
}, 300_000)

const somethingIsDue = async (table: Table) =>
  (await dueSchedules(table, { by: instantOf(table.now()), limit: 1 })).items.length > 0

test('the review revokes something, and holds something back', () => {
  expect(undisturbed).toMatchObject({ state: 'closed' })
  expect(undisturbed.outcomes).toMatchObject({ revoked: expect.any(Number), heldBack: expect.any(Number) })
  expect(undisturbed.events['membership.revoked']).toBeGreaterThan(isLong ? 10 : 3)
})

test('opening and applying, killed at random points, have the same result', async () => {
  const random = new Random(3)
  let kills = 0
  const driveMortals: Drive = async (table) => {
    while (await somethingIsDue(table)) {
      const mortal = mortalTable(table, 1 + random.below(random.chance(0.3) ? 600 : 60))
      const { sweep } = createReviews({ table: mortal.table, log: silent })
      await sweep().catch(() => undefined)
      if (mortal.isDead()) kills++
    }
  }
  while (kills < runs(2, 5))
    expect(await runWholeReview(engine, items, customerId, driveMortals)).toEqual(undisturbed)
}, 300_000)

const driveTwo: Drive = async (table) => {
  const workers = [1, 2].map(() => createReviews({ table, log: silent }))
  while (await somethingIsDue(table)) await Promise.all(workers.map(({ sweep }) => sweep()))
}

test('opening and applying by two concurrent workers have the same result', async () => {
  expect(await runWholeReview(engine, items, customerId, driveTwo)).toEqual(undisturbed)
}, 300_000)
