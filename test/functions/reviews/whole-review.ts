import { createReviews } from '../../../functions/reviews/worker.ts'
import { exportCustomer } from '../../../shared/directory/customers/export-customer.ts'
import { instantOf, stampOf } from '../../../shared/domain/values/instant.ts'
import { commit } from '../../../shared/records/commit.ts'
import { findCustomer } from '../../../shared/records/customers.ts'
import { decideItems } from '../../../shared/reviews/decide-items.ts'
import { itemId, type ReviewItem } from '../../../shared/reviews/model/review-item.ts'
import { listReviews } from '../../../shared/reviews/store.ts'
import type { Item } from '../../../shared/table/item.ts'
import { openTable, type Table } from '../../../shared/table/table.ts'
import type { TestEngine } from '../../support/engine.ts'
import { Random } from '../../support/random.ts'
import { tableWith } from '../../support/table-copies.ts'
import { movingClock } from './moving-clock.ts'
import { allItems } from './scene.ts'
import { randomDecision } from './random-decisions.ts'

/** Runs the worker, in some way, until nothing is due. */
export type Drive = (table: Table) => Promise<void>

export const silent = () => undefined

/** Sweeps like the schedule, without interruptions. */
export const driveOnce: Drive = async (table) => {
  const { sweep } = createReviews({ table, log: silent })
  while ((await sweep()) > 0);
}

/**
 * Runs a whole review of the customer on a copy of these items, with the same decisions each time. Returns the outcome of each
 * item and the directory, without times.
 */
export async function runWholeReview(engine: TestEngine, items: readonly Item[], c: string, drive: Drive) {
  const clock = movingClock('2026-11-28T09:00:00Z')
  const name = await tableWith(engine, items)
  const table = openTable({ documents: engine.documents, name, now: clock.now })
  clock.moveDays(100)
  await drive(table)
  const [opened] = (await listReviews(table, c, { limit: 1 })).items
  if (opened?.state !== 'open') throw new Error(`the review is ${opened?.state}`)
  const customer = await findCustomer(table, c)
  if (!customer) throw new Error('there is no customer')
  await decideSome(table, { customer, review: opened }, clock.now)
  clock.moveDays(15)
  await drive(table)
  const [review] = (await listReviews(table, c, { limit: 1 })).items
  if (!review) throw new Error('there is no review')
  const done = await allItems(table, review)
  const directory = await exportCustomer(table, customer)
  return {
    state: review.state,
    items: opened.items,
    brake: review.brake,
    outcomes: review.outcomes,
    each: Object.fromEntries(done.map((item) => [itemId(item), withoutTimes(item)])),
    directory: directory.map((line) => line.replaceAll(review.id, 'R')),
    events: await eventTypes(table, c),
  }
}

async function decideSome(table: Table, of: Parameters<typeof decideItems>[1], now: () => Date) {
  const random = new Random(11)
  const chosen = (await allItems(table, of.review)).filter(() => random.chance(0.4))
  for (let place = 0; place < chosen.length; place += 50) {
    const at = '2027-06-01T00:00:00.000000000Z'
    const part = chosen
      .slice(place, place + 50)
      .map((item) => ({ item, wanted: randomDecision(item, random, at) }))
    const actor = { kind: 'operator', id: 'tests' } as const
    const instant = instantOf(now())
    const plan = decideItems({ table, actor, stamp: stampOf(instant, actor.id), now: instant }, of, part)
    if (plan.outcome === 'applied') await commit(table, plan.change)
  }
}

function withoutTimes({ state, terms, recommendation, evidence, outcome, decision, problem }: ReviewItem) {
  const { roles, capabilities, source, grantedAt } = terms
  const what = decision && { ...decision, at: undefined }
  return { state, roles, capabilities, source, grantedAt, recommendation, evidence, outcome, what, problem }
}

/** Counts events by type, without those of items: interruptions change how many items one of them lists. */
async function eventTypes(table: Table, customerId: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for await (const { type } of table.queryAll({ partition: `C#${customerId}#EVENTS` })) {
    const name = String(type)
    if (name === 'review.applied' || name === 'review.verified') continue
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}
