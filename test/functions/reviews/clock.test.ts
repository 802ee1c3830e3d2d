import { describe, expect, it } from 'vitest'
import { startTestEngine } from '../../support/engine.ts'
import { day, id, marksOf, startClockScene } from './clock-scene.ts'

const engine = await startTestEngine()
const start = (options?: { triggered?: boolean }) => startClockScene(engine, options)

describe('the clock opens a review', () => {
  it('three months after the schedule began, of a customer that never set a policy', async () => {
    const { statesAfter, newest } = await start()
    expect(await statesAfter(91)).toEqual([])
    expect(await statesAfter(1)).toEqual(['open'])
    const review = await newest()
    expect([day(review.openedAt), day(review.endsAt)]).toEqual(['2027-02-27', '2027-03-13'])
    expect(review).toMatchObject({ items: 5, startedBy: { kind: 'system', id: 'review-clock' } })
  })

  it('once, however often the worker runs', async () => {
    const { clock, reviews, eventTypes, stream } = await start()
    clock.moveDays(92)
    for (let turn = 0; turn < 3; turn++) {
      await reviews.sweep()
      await stream.drain()
    }
    expect(await eventTypes()).toEqual(['review.started', 'review.opened', 'review.reminded'])
  })

  it('once, by however many workers', async () => {
    const { clock, reviews, eventTypes, otherWorker, itemsOf, newest } = await start({ triggered: false })
    const workers = [reviews, otherWorker(), otherWorker(), otherWorker()]
    clock.moveDays(92)
    for (let turn = 0; turn < 2; turn++) await Promise.all(workers.map((worker) => worker.sweep()))
    expect(await eventTypes()).toEqual(['review.started', 'review.opened', 'review.reminded'])
    const { id: reviewId, items } = await newest()
    expect(await itemsOf(id, reviewId)).toHaveLength(items ?? 0)
    clock.moveDays(15)
    for (let turn = 0; turn < 2; turn++) await Promise.all(workers.map((worker) => worker.sweep()))
    const after = await eventTypes()
    for (const once of ['review.applying', 'review.settled', 'review.closed'])
      expect(after.filter((type) => type === once)).toHaveLength(1)
  })

  it('of no customer whose schedule has just begun, and begins each schedule once', async () => {
    const { scheduleOf, reviews, clock, states } = await start()
    const before = await scheduleOf(id)
    clock.moveDays(30)
    await Promise.all([reviews.beginSchedules(), reviews.beginSchedules()])
    expect(await reviews.sweep()).toBe(0)
    expect(await scheduleOf(id)).toEqual(before)
    expect(day(before?.due)).toBe('2027-02-27')
    expect(await states()).toEqual([])
  })

  it('not with the policy `never`, and then with another one', async () => {
    const { statesAfter, policy, scheduleOf } = await start()
    await policy(id, { everyMonths: 'never' })
    expect(await statesAfter(1000)).toEqual([])
    expect((await scheduleOf(id))?.due).toBeUndefined()
    await policy(id, { everyMonths: 36 })
    expect(day((await scheduleOf(id))?.due)).toBe('2029-11-27')
    expect(await statesAfter(95)).toEqual([])
    expect(await statesAfter(2)).toEqual(['open'])
  })

  it('at the planned time, whatever people start in between', async () => {
    const { statesAfter, after, start: startNow, apply, scheduleOf, states } = await start()
    await after(30)
    await startNow(id)
    await apply(id)
    expect(await states()).toEqual(['closed'])
    expect(day((await scheduleOf(id))?.due)).toBe('2027-02-27')
    expect(await statesAfter(61)).toEqual(['closed'])
    expect(await statesAfter(1)).toEqual(['open', 'closed'])
  })

  it('after one that somebody has started, never beside it', async () => {
    const { statesAfter, after, start: startNow, newest } = await start()
    await after(85)
    await startNow(id)
    expect(await statesAfter(10)).toEqual(['open'])
    expect(await statesAfter(5)).toEqual(['open', 'closed'])
    expect((await newest()).startedBy.kind).toBe('system')
  })
})

describe('a schedule that was down for two months', () => {
  it('before a review: opens one, and the next one three months after that', async () => {
    const { statesAfter, newest, scheduleOf } = await start()
    expect(await statesAfter(92 + 61)).toEqual(['open'])
    expect(day((await newest()).endsAt)).toBe('2027-05-13')
    expect(await statesAfter(15)).toEqual(['closed'])
    expect(day((await scheduleOf(id))?.due)).toBe('2027-07-29')
  })

  it('during a review: ends it, and records that nobody was reminded', async () => {
    const { statesAfter, after, newest, eventTypes } = await start()
    await after(92)
    expect(marksOf(await newest())).toEqual(['opened'])
    expect(await statesAfter(61)).toEqual(['closed'])
    const review = await newest()
    expect(marksOf(review)).toEqual(['opened', '7d missed', '1d missed'])
    expect([day(review.applyingAt), day(review.endsAt)]).toEqual(['2027-04-29', '2027-03-13'])
    expect((await eventTypes()).slice(3, 6)).toEqual([
      'review.reminders-missed',
      'review.applying',
      'review.settled',
    ])
  })

  it.each([
    [6, ['opened']],
    [8, ['opened', '7d']],
    [13, ['opened', '7d missed', '1d']],
  ])('or for %i days: reminds only for the last round that it has missed', async (days, expected) => {
    const { after, newest, reviews } = await start()
    await after(92)
    await after(days)
    expect(marksOf(await newest())).toEqual(expected)
    await reviews.sweep()
    expect(marksOf(await newest())).toEqual(expected)
  })
})
