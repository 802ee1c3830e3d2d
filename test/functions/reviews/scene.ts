import { streamFilters } from '../../../functions/reviews/stream-filter.ts'
import { createReviews } from '../../../functions/reviews/worker.ts'
import type { Context, ChangePlan } from '../../../shared/directory/change/change-plan.ts'
import { exportCustomer, readWholeCustomer } from '../../../shared/directory/customers/export-customer.ts'
import { entitlementsOf } from '../../../shared/domain/access/entitlements.ts'
import type { Actor } from '../../../shared/domain/values/actor.ts'
import { addDays, instantOf, stampOf } from '../../../shared/domain/values/instant.ts'
import { commit } from '../../../shared/records/commit.ts'
import { findCustomer } from '../../../shared/records/customers.ts'
import { decideItems } from '../../../shared/reviews/decide-items.ts'
import { applyReview, readSchedule, startReview } from '../../../shared/reviews/transition.ts'
import type { WantedDecision } from '../../../shared/reviews/model/decide-item.ts'
import { itemId, parseItemId, type ReviewItem } from '../../../shared/reviews/model/review-item.ts'
import type { ReviewPolicy, ReviewScope } from '../../../shared/reviews/policy/review-policy.ts'
import { policyOf } from '../../../shared/reviews/policy/review-schedule.ts'
import { setReviewPolicy } from '../../../shared/reviews/set-review-policy.ts'
import * as store from '../../../shared/reviews/store.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import type { Table } from '../../../shared/table/table.ts'
import type { TestEngine } from '../../support/engine.ts'
import { type ProvisionedOptions, startProvisioned } from '../../support/provisioned.ts'
import { movingClock } from './moving-clock.ts'

const someone: Actor = { kind: 'operator', id: 'tests' }

/** Provisioning and the reviews worker, on a clock that the test moves. `triggered`: the stream runs the worker too. */
export async function startReviewScene(
  engine: TestEngine,
  options: Omit<ProvisionedOptions, 'now'> & { at?: string; triggered?: boolean } = {},
) {
  const clock = movingClock(options.at ?? '2026-11-27T09:00:00Z')
  const provisioned = await startProvisioned(engine, { ...options, now: clock.now })
  const { table, stream } = provisioned
  const log = (level: string, message: string, fields?: { error?: string | undefined }) => {
    if (level === 'error') provisioned.failures.push(`${message} ${fields?.error ?? ''}`)
  }
  const reviews = createReviews({ table, log, openstack: options.openstack })
  if (options.triggered ?? true) stream.subscribe({ handle: reviews.onStream, filters: streamFilters })

  const context = (actor = someone): Context => {
    const now = instantOf(clock.now())
    return { table, actor, stamp: stampOf(now, actor.id), now, openstack: options.openstack }
  }
  async function commitPlan<T>(plan: ChangePlan<T> | Promise<ChangePlan<T>>): Promise<T> {
    const planned = await plan
    if (planned.outcome === 'superseded') throw new Error('superseded')
    await commit(table, planned.change)
    await stream.drain()
    return planned.after
  }
  const customerOf = async (id: string) => {
    const customer = await findCustomer(table, id)
    if (!customer) throw new Error(`there is no customer ${id}`)
    return customer
  }
  const readScheduleOf = (id: string) => readSchedule(table, id, instantOf(clock.now()))
  const current = async (id: string) => {
    const schedule = await readScheduleOf(id)
    const review = await store.findReview(table, id, schedule.current ?? '')
    if (!review) throw new Error('no review is under way')
    return { schedule, review }
  }

  /** Sweeps until nothing is due, as the schedule does: each sweep has limited time. */
  async function runDue(): Promise<void> {
    for (let sweep = 1; sweep <= 100; sweep++) {
      const due = await reviews.sweep()
      await stream.drain()
      if (due === 0) return
    }
    throw new Error('something stays due')
  }

  return {
    ...provisioned,
    clock,
    reviews,
    context,
    commitPlan,
    current,
    customerOf,
    scheduleOf: (id: string) => store.findSchedule(table, id),
    exportOf: async (id: string) => exportCustomer(table, await customerOf(id)),
    /** What everybody holds now. */
    entitlementsIn: async (id: string) => {
      const { customer, holders, ...lists } = await readWholeCustomer(table, await customerOf(id))
      const projects = new Map(lists.projects.map((project) => [project.id, project]))
      const servers = new Map(lists.servers.map((server) => [server.id, server]))
      const [resources, now] = [{ customer, projects, servers }, instantOf(clock.now())]
      return holders.flatMap(({ user, grants }) =>
        entitlementsOf(user, grants, resources, now).map((each) => ({ ...each, userId: user.id })),
      )
    },
    /** Changes these fields of the policy, by default a week ago, so that they are in force already. */
    policy: async (id: string, change: Partial<ReviewPolicy>, ago = 7) => {
      const schedule = await readScheduleOf(id)
      const now = addDays(instantOf(clock.now()), -ago)
      await commitPlan(setReviewPolicy({ ...context(), now }, schedule, { ...policyOf(schedule), ...change }))
    },
    start: async (id: string, scope?: ReviewScope) =>
      commitPlan(startReview(context(), await customerOf(id), await readScheduleOf(id), scope)),
    apply: async (id: string) => commitPlan(applyReview(context(), await current(id))),
    decide: async (id: string, decisions: Record<string, WantedDecision>, actor = someone) => {
      const { review } = await current(id)
      const places = Object.keys(decisions).map((each) => {
        const place = parseItemId(each)
        if (!place) throw new Error(`${each} is no item`)
        return { customerId: id, reviewId: review.id, ...place }
      })
      const items = await store.findReviewItems(table, places)
      const wanted = Object.values(decisions)
      const decided = items.map((item, place) => {
        const what = wanted[place]
        if (!item || !what) throw new Error('there is no such item')
        return { item, wanted: what }
      })
      await commitPlan(decideItems(context(actor), { customer: await customerOf(id), review }, decided))
    },
    reviewsOf: async (id: string) => (await store.listReviews(table, id, { limit: 100 })).items,
    itemsOf: (id: string, reviewId: string) => allItems(table, { customerId: id, id: reviewId }),
    /** Moves the clock and runs all that is due. */
    after: async (days: number) => {
      clock.moveDays(days)
      await runDue()
    },
    runDue,
  }
}

export type ReviewScene = Awaited<ReturnType<typeof startReviewScene>>

export const byId = (items: readonly ReviewItem[]) => new Map(items.map((item) => [itemId(item), item]))

export async function allItems(table: Table, of: Parameters<typeof store.everyItem>[1]) {
  const items: Versioned<ReviewItem>[] = []
  for await (const item of store.everyItem(table, of)) items.push(item)
  return items
}
