import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { describe, expect, it } from 'vitest'
import { setCustomerStatus } from '../../../shared/directory/customers/set-customer-status.ts'
import { addMilliseconds, instantOf, stampOf } from '../../../shared/domain/values/instant.ts'
import { commit } from '../../../shared/records/commit.ts'
import { cancelReview } from '../../../shared/reviews/transition.ts'
import { startTestEngine } from '../../support/engine.ts'
import { interpose } from '../cleanup/bare-cleanup.ts'
import { day, id, marksOf, startClocked } from './clock-scene.ts'

const engine = await startTestEngine()
const start = (options?: { wakes?: boolean }) => startClocked(engine, options)

/** Lets something happen before a read of an item whose key has this in it. */
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
    // Without the stream it's found when the clock has to look for something else, and counts from when it began.
    await after(5)
    const { pausedAt } = await newest()
    expect(day(pausedAt)).toBe('2027-03-01')
    for (let days = 0; days < 40; days += 4) await after(4)
    expect(await states()).toEqual(['open'])
    expect(marksOf(await newest())).toEqual(['opened'])
    await staffed.setStatus('active')
    await after(1)
    const resumed = await newest()
    expect(resumed.pausedAt).toBeUndefined()
    expect(day(resumed.endsAt)).toBe(wakes ? '2027-04-27' : '2027-04-28')
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

describe('a suspension counts within the review', () => {
  it('from its opening, where it began before', async () => {
    const { start: startNow, staffed, lookAtAll, newest } = await start({ wakes: false })
    await startNow(id)
    await staffed.setStatus('suspended')
    await lookAtAll()
    const { openedAt, pausedAt } = await newest()
    expect([openedAt === undefined, pausedAt]).toEqual([false, openedAt])
  })

  it('from when it is known, where an event is ahead of the clock', async () => {
    const { context, clock, done, customerOf, newest, start: startNow } = await start()
    await startNow(id)
    const ahead = stampOf(addMilliseconds(instantOf(clock.now()), 240_000), 'e')
    const late = { ...context({ kind: 'webhook', id: 'orders' }), stamp: ahead }
    await done(setCustomerStatus(late, await customerOf(id), 'suspended'))
    const { pausedAt = '' } = await newest()
    expect(day(pausedAt)).toBe('2026-11-27')
    expect(pausedAt < instantOf(clock.now())).toBe(true)
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
    const { context, table, underWay, states, told, calendarOf, after, start: startNow } = scene
    await startNow(id)
    interpose(scene.client, async () => {
      await commit(table, cancelReview(context(), await underWay(id), 'a mistake').change)
    })
    await after(0)
    expect(await states()).toEqual(['cancelled'])
    expect(await told()).toEqual(['review.started', 'review.cancelled'])
    const { current, due } = (await calendarOf(id)) ?? {}
    expect([current, day(due)]).toEqual([undefined, '2027-02-27'])
  })

  it('is moved between two reads of the clock, which then looks again', async () => {
    const scene = await start({ wakes: false })
    const { context, table, underWay, states, after, start: startNow } = scene
    await after(85)
    await startNow(id)
    await after(0)
    let isDone = false
    beforeReading(scene.client, 'REVIEW#', async () => {
      if (isDone) return
      isDone = true
      await commit(table, cancelReview(context(), await underWay(id), 'meanwhile').change)
    })
    // By then the clock would have started one of its own.
    await after(10)
    expect([isDone, ...(await states())]).toEqual([true, 'open', 'cancelled'])
    expect(scene.failures).toEqual([])
  })

  it('that the clock has started is cancelled until the next one is due', async () => {
    const { after, context, done, underWay, states, calendarOf } = await start()
    await after(92)
    await done(cancelReview(context(), await underWay(id), 'not now'))
    await after(1)
    expect(await states()).toEqual(['cancelled'])
    expect(day((await calendarOf(id))?.due)).toBe('2027-05-27')
  })
})
