import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createReviews } from '../../../functions/reviews/worker.ts'
import { cancelReview } from '../../../shared/directory/end-review.ts'
import { commit } from '../../../shared/table/commit.ts'
import { documentOptions, openTable } from '../../../shared/table/table.ts'
import { interpose } from '../cleanup/bare-cleanup.ts'
import { allEvents } from '../provisioning/replay.ts'
import { startTestEngine } from '../../support/engine.ts'
import { startReviewed } from './reviewed.ts'
import { createStaffed } from './staffed.ts'

const engine = await startTestEngine()
const id = 'CLK000001'

/** A customer with an admin and a tech, whose calendar has begun on 27 November. */
async function start(options: { wakes?: boolean } = {}) {
  const name = await engine.createTable()
  const scene = await startReviewed({ ...engine, createTable: async () => name }, options)
  onTestFinished(() => scene.stop())
  const staffed = await createStaffed(scene, id)
  await staffed.user('customer-admin')
  await staffed.grant(await staffed.user('customer-tech'), await staffed.project(), 'compute:read')
  await scene.reviews.pass()
  const reviewsNow = () => scene.reviewsOf(id)
  return {
    ...scene,
    staffed,
    /** A worker of its own, as another instance of the function is. */
    other: () => {
      const client = engine.connect()
      onTestFinished(() => client.destroy())
      const documents = DynamoDBDocumentClient.from(client, documentOptions)
      return createReviews({ table: openTable({ documents, name, now: scene.clock.now }), log: () => {} })
    },
    reviewsNow,
    states: async () => (await reviewsNow()).map(({ state }) => state),
    newest: async () => {
      const [review] = await reviewsNow()
      if (!review) throw new Error('there is no review')
      return review
    },
    /** What has become of reviews so far, the first first. */
    told: async () =>
      (await allEvents(scene.table, id))
        .map(({ type }) => type)
        .filter((type) => type.startsWith('review.'))
        .toReversed(),
  }
}

const day = (instant: string | undefined) => instant?.slice(0, 10)
const marksOf = ({ reminded }: { reminded: readonly { mark: string; missed?: true | undefined }[] }) =>
  reminded.map(({ mark, missed }) => (missed ? `${mark} missed` : mark))

describe('the clock opens a review', () => {
  it('three months after the calendar began, of a customer that never set a policy', async () => {
    const { after, states, newest } = await start()
    await after(91)
    expect(await states()).toEqual([])
    await after(1)
    expect(await states()).toEqual(['open'])
    const review = await newest()
    expect([day(review.openedAt), day(review.endsAt)]).toEqual(['2027-02-27', '2027-03-13'])
    expect(review).toMatchObject({ items: 5, startedBy: { kind: 'system', id: 'review-clock' } })
  })

  it('once, however often it is told', async () => {
    const { clock, reviews, told, stream } = await start()
    clock.moveDays(92)
    for (let turn = 0; turn < 3; turn++) {
      await reviews.sweep()
      await stream.drain()
    }
    expect(await told()).toEqual(['review.started', 'review.opened', 'review.reminded'])
  })

  it('once, by however many workers', async () => {
    const { clock, reviews, told, other, itemsOf, newest } = await start({ wakes: false })
    const workers = [reviews, other(), other(), other()]
    clock.moveDays(92)
    for (let turn = 0; turn < 2; turn++) await Promise.all(workers.map((worker) => worker.sweep()))
    expect(await told()).toEqual(['review.started', 'review.opened', 'review.reminded'])
    const { id: reviewId, items } = await newest()
    expect(await itemsOf(id, reviewId)).toHaveLength(items ?? 0)
    clock.moveDays(15)
    for (let turn = 0; turn < 2; turn++) await Promise.all(workers.map((worker) => worker.sweep()))
    const after = await told()
    for (const once of ['review.applying', 'review.settled', 'review.closed'])
      expect(after.filter((type) => type === once)).toHaveLength(1)
  })

  it('of nobody at once where calendars begin, and begins each calendar once', async () => {
    const { calendarOf, reviews, clock, states } = await start()
    const before = await calendarOf(id)
    clock.moveDays(30)
    await Promise.all([reviews.pass(), reviews.pass()])
    expect(await reviews.sweep()).toBe(0)
    expect(await calendarOf(id)).toEqual(before)
    expect(day(before?.due)).toBe('2027-02-27')
    expect(await states()).toEqual([])
  })

  it('not with the policy `never`, and then with another one', async () => {
    const { after, policy, calendarOf, states } = await start()
    await policy(id, { everyMonths: 'never' })
    await after(1000)
    expect(await states()).toEqual([])
    expect((await calendarOf(id))?.due).toBeUndefined()
    await policy(id, { everyMonths: 36 })
    expect(day((await calendarOf(id))?.due)).toBe('2029-11-27')
    await after(95)
    expect(await states()).toEqual([])
    await after(2)
    expect(await states()).toEqual(['open'])
  })

  it('at the time it would have, whatever people start besides', async () => {
    const { after, start: startNow, apply, calendarOf, states } = await start()
    await after(30)
    await startNow(id)
    await apply(id)
    expect(await states()).toEqual(['closed'])
    expect(day((await calendarOf(id))?.due)).toBe('2027-02-27')
    await after(61)
    expect(await states()).toEqual(['closed'])
    await after(1)
    expect(await states()).toEqual(['open', 'closed'])
  })

  it('after the one that somebody has started, never beside it', async () => {
    const { after, start: startNow, states, newest } = await start()
    await after(85)
    await startNow(id)
    await after(10)
    expect(await states()).toEqual(['open'])
    await after(5)
    expect(await states()).toEqual(['open', 'closed'])
    expect((await newest()).startedBy.kind).toBe('system')
  })
})

describe('a schedule that was down for two months', () => {
  it('before a review: opens one, and the next one three months after that', async () => {
    const { after, states, newest, calendarOf } = await start()
    await after(92 + 61)
    expect(await states()).toEqual(['open'])
    expect(day((await newest()).endsAt)).toBe('2027-05-13')
    await after(15)
    expect(await states()).toEqual(['closed'])
    expect(day((await calendarOf(id))?.due)).toBe('2027-07-29')
  })

  it('during a review: ends it, and says that nobody was reminded', async () => {
    const { after, states, newest, told } = await start()
    await after(92)
    expect(marksOf(await newest())).toEqual(['opened'])
    await after(61)
    expect(await states()).toEqual(['closed'])
    const review = await newest()
    expect(marksOf(review)).toEqual(['opened', '7d missed', '1d missed'])
    expect([day(review.applyingAt), day(review.endsAt)]).toEqual(['2027-04-29', '2027-03-13'])
    expect((await told()).slice(3, 6)).toEqual([
      'review.reminders-missed',
      'review.applying',
      'review.settled',
    ])
  })

  it.each([
    [6, ['opened']],
    [8, ['opened', '7d']],
    [13, ['opened', '7d missed', '1d']],
  ])('or for %i days: tells the last of what it has missed', async (days, expected) => {
    const { after, newest, reviews } = await start()
    await after(92)
    await after(days)
    expect(marksOf(await newest())).toEqual(expected)
    await reviews.sweep()
    expect(marksOf(await newest())).toEqual(expected)
  })
})

describe.each([true, false])('a customer that is suspended, with the stream to tell: %s', (wakes) => {
  it('is not reviewed, and is once it is resumed', async () => {
    const { after, staffed, states } = await start({ wakes })
    await staffed.setStatus('suspended')
    await after(92)
    await after(60)
    expect(await states()).toEqual([])
    await staffed.setStatus('active')
    await after(1)
    expect(await states()).toEqual(['open'])
  })

  it('has the time back that nobody could decide in', async () => {
    const { after, staffed, states, newest, told } = await start({ wakes })
    await after(92)
    await after(2)
    await staffed.setStatus('suspended')
    // Without the stream it's found when the clock has to look for something else.
    await after(5)
    const { pausedAt } = await newest()
    expect(day(pausedAt)).toBe(wakes ? '2027-03-01' : '2027-03-06')
    for (let days = 0; days < 40; days += 4) await after(4)
    expect(await states()).toEqual(['open'])
    expect(marksOf(await newest())).toEqual(['opened'])
    await staffed.setStatus('active')
    await after(1)
    const resumed = await newest()
    expect(resumed.pausedAt).toBeUndefined()
    expect(day(resumed.endsAt)).toBe(wakes ? '2027-04-27' : '2027-04-23')
    for (let days = 0; days < 15; days += 1) await after(1)
    expect(await states()).toEqual(['closed'])
    expect(marksOf(await newest())).toEqual(['opened', '7d', '1d'])
    const moves = (await told()).filter((type) => /paused|resumed/.test(type))
    expect(moves).toEqual(['review.paused', 'review.resumed'])
  })

  it('is never reviewed again once it is closed', async () => {
    const { after, staffed, states, newest, calendarOf } = await start({ wakes })
    await after(92)
    await staffed.setStatus('closed')
    await after(7)
    expect(await states()).toEqual(['cancelled'])
    expect((await newest()).cancelledBecause).toBe('the customer was closed')
    await after(100)
    await after(400)
    expect(await states()).toEqual(['cancelled'])
    expect((await calendarOf(id))?.due).toBeUndefined()
  })
})

describe('a review under way', () => {
  it('keeps the policy that it began with', async () => {
    const { after, policy, newest, calendarOf, states } = await start()
    await after(92)
    const before = await newest()
    await policy(id, { everyMonths: 1, days: 5, unanswered: 'keep', reminders: [2] })
    expect((await newest()).policy).toEqual(before.policy)
    await after(6)
    expect(await states()).toEqual(['open'])
    await after(9)
    expect(await states()).toEqual(['closed'])
    expect(marksOf(await newest())).toEqual(['opened', '7d missed', '1d missed'])
    expect(day((await calendarOf(id))?.due)).toBe('2027-03-27')
    await after(15)
    const next = await newest()
    expect([next.policy.days, next.state]).toEqual([5, 'open'])
    await after(6)
    expect(await states()).toEqual(['closed', 'closed'])
  })

  it('is the last one after the policy has become `never`', async () => {
    const { after, policy, states, calendarOf } = await start()
    await after(92)
    await policy(id, { everyMonths: 'never' })
    await after(15)
    expect(await states()).toEqual(['closed'])
    expect((await calendarOf(id))?.due).toBeUndefined()
  })

  it('is cancelled while it opens, and stays so', async () => {
    const scene = await start({ wakes: false })
    const { acting, table, underWay, states, told, calendarOf, after, start: startNow } = scene
    await startNow(id)
    interpose(scene.client, async () => {
      await commit(table, cancelReview(acting(), await underWay(id), 'a mistake').change)
    })
    await after(0)
    expect(await states()).toEqual(['cancelled'])
    expect(await told()).toEqual(['review.started', 'review.cancelled'])
    const { current, due } = (await calendarOf(id)) ?? {}
    expect([current, day(due)]).toEqual([undefined, '2027-02-27'])
  })

  it('that the clock has started is cancelled until the next one is due', async () => {
    const { after, acting, done, underWay, states, calendarOf } = await start()
    await after(92)
    await done(cancelReview(acting(), await underWay(id), 'not now'))
    await after(1)
    expect(await states()).toEqual(['cancelled'])
    expect(day((await calendarOf(id))?.due)).toBe('2027-05-27')
  })
})
