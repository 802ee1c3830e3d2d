import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { describe, expect, it } from 'vitest'
import { setCustomerStatus } from '../../../shared/directory/customers/set-customer-status.ts'
import { addMilliseconds, instantOf, stampOf } from '../../../shared/domain/values/instant.ts'
import { commit } from '../../../shared/records/commit.ts'
import { cancelReview } from '../../../shared/reviews/transition.ts'
import { startTestEngine } from '../../support/engine.ts'
import { interpose } from '../provisioning/bare-worker.ts'
import { day, id, marksOf, startClockScene } from './clock-scene.ts'

const engine = await startTestEngine()
const start = (options?: { triggered?: boolean }) => startClockScene(engine, options)

/** Runs `meanwhile` before each read of an item whose key contains `part`. */
function beforeReading(client: DynamoDBClient, part: string, meanwhile: () => Promise<void>) {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const isRead = ['GetItemCommand', 'BatchGetItemCommand'].includes(String(context.commandName))
      if (isRead && JSON.stringify(args.input).includes(part)) await meanwhile()
      return next(args)
    },
    { step: 'build' },
  )
}

describe.each([true, false])(
  'a suspended customer, with the worker triggered by the stream: %s',
  (triggered) => {
    it('is reviewed only once it is resumed', async () => {
      const { after, directory, states } = await start({ triggered })
      await directory.setStatus('suspended')
      await after(92)
      await after(60)
      expect(await states()).toEqual([])
      await directory.setStatus('active')
      await after(1)
      expect(await states()).toEqual(['open'])
    })

    it('gets back the time in which nobody could decide', async () => {
      const { after, directory, states, newest, eventTypes } = await start({ triggered })
      await after(92)
      await after(2)
      await directory.setStatus('suspended')
      // Without the stream the worker finds the suspension at its next run; it counts from its start.
      await after(5)
      const { pausedAt } = await newest()
      expect(day(pausedAt)).toBe('2027-03-01')
      for (let days = 0; days < 40; days += 4) await after(4)
      expect(await states()).toEqual(['open'])
      expect(marksOf(await newest())).toEqual(['opened'])
      await directory.setStatus('active')
      await after(1)
      const resumed = await newest()
      expect(resumed.pausedAt).toBeUndefined()
      expect(day(resumed.endsAt)).toBe(triggered ? '2027-04-27' : '2027-04-28')
      for (let days = 0; days < 15; days += 1) await after(1)
      expect(await states()).toEqual(['closed'])
      expect(marksOf(await newest())).toEqual(['opened', '7d', '1d'])
      const moves = (await eventTypes()).filter((type) => /paused|resumed/.test(type))
      expect(moves).toEqual(['review.paused', 'review.resumed'])
    })

    it('is never reviewed again once it is closed', async () => {
      const { after, directory, states, newest, scheduleOf } = await start({ triggered })
      await after(92)
      await directory.setStatus('closed')
      await after(7)
      expect(await states()).toEqual(['cancelled'])
      expect((await newest()).cancelledBecause).toBe('the customer was closed')
      await after(100)
      await after(400)
      expect(await states()).toEqual(['cancelled'])
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
    const { after, policy, newest, scheduleOf, states } = await start()
    await after(92)
    const before = await newest()
    await policy(id, { everyMonths: 1, days: 5, unanswered: 'keep', reminders: [2] })
    expect((await newest()).policy).toEqual(before.policy)
    await after(6)
    expect(await states()).toEqual(['open'])
    await after(9)
    expect(await states()).toEqual(['closed'])
    expect(marksOf(await newest())).toEqual(['opened', '7d missed', '1d missed'])
    expect(day((await scheduleOf(id))?.due)).toBe('2027-03-27')
    await after(15)
    const next = await newest()
    expect([next.policy.days, next.state]).toEqual([5, 'open'])
    await after(6)
    expect(await states()).toEqual(['closed', 'closed'])
  })

  it('is the last one after the policy has become `never`', async () => {
    const { after, policy, states, scheduleOf } = await start()
    await after(92)
    await policy(id, { everyMonths: 'never' })
    await after(15)
    expect(await states()).toEqual(['closed'])
    expect((await scheduleOf(id))?.due).toBeUndefined()
  })

  it('is cancelled while it opens, and stays so', async () => {
    const scene = await start({ triggered: false })
    const { context, table, current, states, eventTypes, scheduleOf, after, start: startNow } = scene
    await startNow(id)
    interpose(scene.client, async () => {
      await commit(table, cancelReview(context(), await current(id), 'a mistake').change)
    })
    await after(0)
    expect(await states()).toEqual(['cancelled'])
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
    let isDone = false
    beforeReading(scene.client, 'REVIEW#', async () => {
      if (isDone) return
      isDone = true
      await commit(table, cancelReview(context(), await current(id), 'meanwhile').change)
    })
    // By then the clock has started the next review.
    await after(10)
    expect([isDone, ...(await states())]).toEqual([true, 'open', 'cancelled'])
    expect(scene.failures).toEqual([])
  })

  it('that the clock has started and somebody cancels is followed by the next one when due', async () => {
    const { after, context, commitPlan, current, states, scheduleOf } = await start()
    await after(92)
    await commitPlan(cancelReview(context(), await current(id), 'not now'))
    await after(1)
    expect(await states()).toEqual(['cancelled'])
    expect(day((await scheduleOf(id))?.due)).toBe('2027-05-27')
  })
})
