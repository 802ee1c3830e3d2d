import { describe, expect, it } from 'vitest'
import { setCustomerStatus } from '../../../shared/directory/customers/set-customer-status.ts'
import { addMilliseconds, instantOf, stampOf } from '../../../shared/domain/values/instant.ts'
import { commit } from '../../../shared/records/commit.ts'
import { cancelReview } from '../../../shared/reviews/transition.ts'
import { startTestEngine } from '../../support/engine.ts'
import { interpose } from '../provisioning/bare-worker.ts'
import { aroundTransaction } from './around-transaction.ts'
import { day, id, marksOf, startClockScene } from './clock-scene.ts'

const engine = await startTestEngine()
const start = (options?: { triggered?: boolean }) => startClockScene(engine, options)

describe.each([true, false])(
  'a suspended customer, with the worker triggered by the stream: %s',
  (triggered) => {
    it('is reviewed only once it is resumed', async () => {
      const { statesAfter, after, directory } = await start({ triggered })
      await directory.setStatus('suspended')
      await after(92)
      expect(await statesAfter(60)).toEqual([])
      await directory.setStatus('active')
      expect(await statesAfter(1)).toEqual(['open'])
    })

    it('gets back the time in which nobody could decide', async () => {
      const { statesAfter, after, directory, newest, eventTypes } = await start({ triggered })
      await after(92)
      await after(2)
      await directory.setStatus('suspended')
      // Without the stream the worker finds the suspension at its next run; it counts from its start.
      await after(5)
      const { pausedAt } = await newest()
      expect(day(pausedAt)).toBe('2027-03-01')
      for (let days = 0; days < 40; days += 4) expect(await statesAfter(4)).toEqual(['open'])
      expect(marksOf(await newest())).toEqual(['opened'])
      await directory.setStatus('active')
      await after(1)
      const resumed = await newest()
      expect(resumed.pausedAt).toBeUndefined()
      expect(day(resumed.endsAt)).toBe(triggered ? '2027-04-27' : '2027-04-28')
      for (let days = 0; days < 14; days += 1) await after(1)
      expect(await statesAfter(1)).toEqual(['closed'])
      expect(marksOf(await newest())).toEqual(['opened', '7d', '1d'])
      const moves = (await eventTypes()).filter((type) => /paused|resumed/.test(type))
      expect(moves).toEqual(['review.paused', 'review.resumed'])
    })

    it('is never reviewed again once it is closed', async () => {
      const { statesAfter, after, directory, newest, scheduleOf } = await start({ triggered })
      await after(92)
      await directory.setStatus('closed')
      expect(await statesAfter(7)).toEqual(['cancelled'])
      expect((await newest()).cancelledBecause).toBe('the customer was closed')
      await after(100)
      expect(await statesAfter(400)).toEqual(['cancelled'])
      expect((await scheduleOf(id))?.due).toBeUndefined()
    })
  },
)

describe('a suspension counts within the review', () => {
  it('from its opening, if the suspension began before', async () => {
    const { start: startNow, directory, runDue, newest } = await start({ triggered: false })
    await startNow(id)
    await directory.setStatus('suspended')
    await runDue()
    const { openedAt, pausedAt } = await newest()
    expect([openedAt === undefined, pausedAt]).toEqual([false, openedAt])
  })

  it('from when the worker finds it, if its event is ahead of the clock', async () => {
    const { context, clock, commitPlan, customerOf, newest, start: startNow } = await start()
    await startNow(id)
    const ahead = stampOf(addMilliseconds(instantOf(clock.now()), 240_000), 'e')
    const late = { ...context({ kind: 'webhook', id: 'orders' }), stamp: ahead }
    await commitPlan(setCustomerStatus(late, await customerOf(id), 'suspended'))
    const { pausedAt = '' } = await newest()
    expect(day(pausedAt)).toBe('2026-11-27')
    expect(pausedAt < instantOf(clock.now())).toBe(true)
  })
})

describe('a review under way', () => {
  it('keeps the policy that it began with', async () => {
    const { statesAfter, after, policy, newest, scheduleOf } = await start()
    await after(92)
    const before = await newest()
    await policy(id, { everyMonths: 1, days: 5, unanswered: 'keep', reminders: [2] })
    expect((await newest()).policy).toEqual(before.policy)
    expect(await statesAfter(6)).toEqual(['open'])
    expect(await statesAfter(9)).toEqual(['closed'])
    expect(marksOf(await newest())).toEqual(['opened', '7d missed', '1d missed'])
    expect(day((await scheduleOf(id))?.due)).toBe('2027-03-27')
    await after(15)
    const next = await newest()
    expect([next.policy.days, next.state]).toEqual([5, 'open'])
    expect(await statesAfter(6)).toEqual(['closed', 'closed'])
  })

  it('is the last one after the policy has become `never`', async () => {
    const { statesAfter, after, policy, scheduleOf } = await start()
    await after(92)
    await policy(id, { everyMonths: 'never' })
    expect(await statesAfter(15)).toEqual(['closed'])
    expect((await scheduleOf(id))?.due).toBeUndefined()
  })

  it('is cancelled while it opens, and stays so', async () => {
    const scene = await start({ triggered: false })
    const { statesAfter, context, table, current, eventTypes, scheduleOf, start: startNow } = scene
    await startNow(id)
    interpose(scene.client, async () => {
      await commit(table, cancelReview(context(), await current(id), 'a mistake').change)
    })
    expect(await statesAfter(0)).toEqual(['cancelled'])
    expect(await eventTypes()).toEqual(['review.started', 'review.cancelled'])
    const { current: currentId, due } = (await scheduleOf(id)) ?? {}
    expect([currentId, day(due)]).toEqual([undefined, '2027-02-27'])
  })

  it('that changes between two reads of the worker is read again', async () => {
    const scene = await start({ triggered: false })
    const { context, table, current, states, after, start: startNow } = scene
    await after(85)
    await startNow(id)
    await after(0)
    const cancel = async () => commit(table, cancelReview(context(), await current(id), 'meanwhile').change)
    const around = { before: cancel, command: 'BatchGetItemCommand' }
    const { isDone } = aroundTransaction(scene.client, 'REVIEW#', around)
    // By then the clock has started the next review.
    await after(10)
    expect([isDone(), ...(await states())]).toEqual([true, 'open', 'cancelled'])
    expect(scene.failures).toEqual([])
  })

  it('that the clock has started and somebody cancels is followed by the next one when due', async () => {
    const { statesAfter, after, context, commitPlan, current, scheduleOf } = await start()
    await after(92)
    await commitPlan(cancelReview(context(), await current(id), 'not now'))
    expect(await statesAfter(1)).toEqual(['cancelled'])
    expect(day((await scheduleOf(id))?.due)).toBe('2027-05-27')
  })
})
