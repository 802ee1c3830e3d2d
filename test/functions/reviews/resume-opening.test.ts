import { expect, test } from 'vitest'
import { openReview } from '../../../functions/reviews/lifecycle/advance-review.ts'
import { addMilliseconds, instantOf } from '../../../shared/domain/values/instant.ts'
import { findSchedule, findReview } from '../../../shared/reviews/store.ts'
import type { Table } from '../../../shared/table/table.ts'
import { startTestEngine } from '../../support/engine.ts'
import { customer, customerId, membership, project, user } from '../provisioning/scene.ts'
import { startReviewScene } from './scene.ts'

const engine = await startTestEngine()
const people = Array.from({ length: 40 }, (_, place) => `p${String(place).padStart(2, '0')}`)

test('opening that runs out of time continues after the last user, and makes each item once', async () => {
  const scene = await startReviewScene(engine, { triggered: false })
  await scene.deliverEach([customer.created, project.created(1, 'web')])
  await scene.deliverAll(
    people.flatMap((name, place) => [
      user.created(10 + place, name, 'tech', { main: true }),
      membership.granted(100 + place, name, 'web', ['dns:read']),
    ]),
  )
  await scene.start(customerId)
  let puts = 0
  const table: Table = {
    ...scene.table,
    putNew: (item) => {
      puts++
      return scene.table.putNew(item)
    },
  }
  const [reviewed, schedule] = [await scene.customerOf(customerId), await findSchedule(table, customerId)]
  const review = await findReview(table, customerId, schedule?.current ?? '')
  if (!schedule || !review) throw new Error('no review is under way')
  const reviewContext = { customer: reviewed, schedule, review }
  let attempts = 0
  const openForAMoment = () =>
    openReview(
      { table, log: () => undefined, until: addMilliseconds(instantOf(scene.clock.now()), 5) },
      reviewContext,
    )
  while (!(await openForAMoment())) attempts++
  expect(attempts).toBeGreaterThan(2)
  // Two a person, and the main-customer's two.
  expect(puts).toBe(2 * people.length + 2)
  expect(await scene.reviewsOf(customerId)).toMatchObject([{ state: 'open', items: puts }])
  await scene.stop()
})
