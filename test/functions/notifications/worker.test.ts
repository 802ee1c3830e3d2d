import { expect, test } from 'vitest'
import type { Notifier } from '../../../functions/notifications/notifier.ts'
import { defaultPolicy } from '../../../shared/reviews/policy/review-policy.ts'
import { listReminders } from '../../../shared/reviews/reminder-store.ts'
import { startTestEngine } from '../../support/engine.ts'
import { breakRequests } from '../provisioning/bare-worker.ts'
import { hour, minute, second } from '../provisioning/clock.ts'
import * as scene from './scene.ts'
import { changeScene, customerId, type Differing, key, remindAnother, reminder } from './scene.ts'

const engine = await startTestEngine()

const begin = (more?: Parameters<typeof scene.begin>[1]) => scene.begin(engine, more)

/** Fails until it's repaired, with an error that quotes the address. */
function brokenNotifier() {
  let isBroken = true
  const notifier: Notifier = async ({ to }) => {
    if (isBroken) throw new Error(`nobody takes mail for ${to}`)
  }
  return { notifier, mend: () => (isBroken = false) }
}

test('a reminder is sent once, however often its record is delivered', async () => {
  const { deliver, sweep, sent, stored, logged, clock } = await begin()
  expect([await deliver(), await deliver()]).toEqual([true, true])
  clock.move(hour)
  expect(await sweep()).toBe(0)
  expect(sent).toHaveLength(1)
  expect(sent[0]).toMatchObject({ to: 'ann@bridge.example', subject: 'Access review of BGE000001 has begun' })
  expect(await stored()).toMatchObject({ sentAt: '2026-11-27T06:00:00.000000000Z', version: 3 })
  expect(await stored()).toMatchObject({ due: undefined, problem: undefined, failures: undefined })
  expect(logged).toEqual([])
})

test('the message explains the default of the policy', async () => {
  const { deliver, sent } = await begin({ review: { policy: { ...defaultPolicy, unanswered: 'revoke' } } })
  await deliver()
  expect(sent[0]?.text).toContain('What nobody has decided by then is revoked.')
})

test('a reminder that no trigger reached is sent by the sweeper', async () => {
  const { sweep, sent, stored } = await begin()
  expect(await sweep()).toBe(1)
  expect(sent).toHaveLength(1)
  expect(await stored()).toHaveProperty('sentAt', expect.any(String))
})

test('a message without time left waits for the next sweep', async () => {
  const { sweep, sent, clock, table } = await begin({ notifier: async () => clock.move(20 * second) })
  for (const who of ['bob', 'cid', 'dan', 'eve', 'fay']) await remindAnother(table, `usr_${who}`)
  expect([await sweep(), sent.length]).toEqual([6, 4])
  expect([await sweep(), sent.length]).toEqual([2, 6])
  expect(await sweep()).toBe(0)
})

test('of two concurrent workers, one sends', async () => {
  const one = await begin()
  const two = one.another()
  await Promise.all([one.deliver(), two.deliver(), two.sweep()])
  expect([...one.sent, ...two.sent]).toHaveLength(1)
  expect([...one.logged, ...two.logged]).toEqual([])
})

test('a leased message is left to its worker', async () => {
  const others: Promise<unknown>[] = []
  const one = await begin({
    notifier: async () => {
      others.push(two.deliver(), two.sweep())
      await Promise.all(others)
    },
  })
  const two = one.another(async () => {})
  await one.deliver()
  expect(others).toHaveLength(2)
  expect([one.sent.length, two.sent.length]).toEqual([1, 0])
})

test('a message handed over before a crash is sent again, an hour later, as the first one counts', async () => {
  let mend: (() => void) | undefined
  const { deliver, sweep, sent, client, clock, stored } = await begin({
    notifier: async () => {
      mend ??= breakRequests(client, 'TransactWriteItemsCommand', key.sk)
    },
  })
  expect(await deliver()).toBe(false)
  mend?.()
  clock.move(5 * minute - second)
  expect([await deliver(), await sweep(), sent.length]).toEqual([true, 0, 1])
  clock.move(second)
  expect([await sweep(), sent.length]).toEqual([1, 1])
  expect(await stored()).toMatchObject({ due: '2026-11-27T07:00:00.000000000Z' })
  clock.set('2026-11-27T07:00:00Z')
  expect([await sweep(), sent.length]).toEqual([1, 2])
  expect(await stored()).toMatchObject({ sentAt: '2026-11-27T07:00:00.000000000Z', due: undefined })
})

test('a message that is not accepted is retried after pauses that double up to six hours', async () => {
  const broken = brokenNotifier()
  const { deliver, sweep, sent, stored, clock } = await begin({ notifier: broken.notifier })
  expect(await deliver()).toBe(true)
  const pauses: number[] = []
  for (const pause of [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]) {
    const { due = '', failures } = (await stored()) ?? {}
    pauses.push((Date.parse(due) - clock.now().getTime()) / minute)
    expect(failures).toBe(pauses.length)
    clock.move(pause * minute - second)
    expect([await deliver(), await sweep()]).toEqual([true, 0])
    clock.move(second)
    await expect(sweep()).rejects.toThrow('1 of 1 messages could not be processed')
  }
  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360])
  expect(await stored()).toMatchObject({ problem: 'the message could not be handed over', sentAt: undefined })
  broken.mend()
  clock.move(6 * hour)
  expect([await sweep(), sent.length]).toEqual([1, 1])
  expect(await stored()).toMatchObject({ due: undefined, problem: undefined, sentAt: expect.any(String) })
})

test('a message that is not accepted is abandoned when the review ends', async () => {
  const { deliver, sweep, stored, clock } = await begin({ notifier: brokenNotifier().notifier })
  await deliver()
  clock.set('2026-12-11T06:00:00Z')
  expect(await sweep()).toBe(1)
  expect(await stored()).toMatchObject({ problem: 'the review is over', due: undefined, sentAt: undefined })
})

const stamp = '2026-11-27T05:00:00.000000000Z#seed'
const unaccepted = 'nobody has signed in with the e-mail address of the user'
const undeliverable: [string, Differing, string][] = [
  ['a user who was deleted', { user: { deleted: stamp } }, 'the user is gone'],
  ['a user who never was', { reminder: { userId: 'usr_nobody' } }, 'the user is gone'],
  ['a user who is disabled', { user: { status: 'disabled' } }, 'the user is disabled'],
  ['a user who has not signed in', { user: { login: undefined } }, unaccepted],
  ['a user with another address since', { user: { email: 'x@victim.example' } }, unaccepted],
  ['a customer that is closed', { customer: { status: 'closed' } }, 'the customer is closed'],
  ['a review that is being applied', { review: { state: 'applying' } }, 'the review is over'],
  ['a review that was cancelled', { review: { state: 'cancelled' } }, 'the review is over'],
  ['a review that is closed', { review: { state: 'closed' } }, 'the review is over'],
  [
    'a review whose time is over',
    { reminder: { endsAt: '2026-11-27T06:00:00.000000000Z' } },
    'the review is over',
  ],
]

test.each(undeliverable)(
  'a reminder about %s is abandoned, and nothing is sent',
  async (_name, differing, problem) => {
    const { sweep, sent, logged, table, clock } = await begin(differing)
    expect(await sweep()).toBe(1)
    expect(sent).toEqual([])
    const [stored] = await listReminders(table, customerId, reminder.reviewId)
    expect(stored).toMatchObject({ pendingCount: 3, problem, due: undefined, sentAt: undefined })
    clock.move(hour)
    expect(await sweep()).toBe(0)
    expect(logged).toEqual([
      { level: 'info', message: 'a message was abandoned', fields: { customerId, error: problem } },
    ])
  },
)

test('a reminder waits while the customer is suspended, and then has the new end', async () => {
  const { sweep, sent, stored, table, clock } = await begin({ customer: { status: 'suspended' } })
  expect(await sweep()).toBe(1)
  await changeScene(table, { customer: { status: 'active' }, review: { pausedAt: reminder.createdAt } })
  clock.set('2026-12-12T06:00:00Z')
  // The reviews worker hasn't resumed the review yet.
  expect([await sweep(), sent.length]).toEqual([1, 0])
  await changeScene(table, { review: { pausedAt: undefined, endsAt: '2026-12-26T06:00:00.000000000Z' } })
  clock.move(hour - second)
  expect(await sweep()).toBe(0)
  clock.move(second)
  expect([await sweep(), sent.length]).toEqual([1, 1])
  expect(sent[0]?.text).toContain('You have until Saturday, 26 December 2026, 06:00 UTC (in 14 days).')
  expect(await stored()).toMatchObject({ sentAt: expect.any(String), due: undefined, problem: undefined })
})

test('the log of a failure names nobody', async () => {
  const { deliver, logged } = await begin({ notifier: brokenNotifier().notifier })
  await deliver()
  expect(logged).toEqual([
    {
      level: 'warn',
      message: 'the message could not be handed over',
      fields: { customerId, attempts: 1, error: expect.stringMatching(/^Error\n/) },
    },
  ])
  expect(JSON.stringify(logged)).not.toMatch(/ann|Ann/)
})

test('another error fails its record, and the sweep at its end', async () => {
  const { deliver, sweep, sent, client, logged } = await begin()
  const mend = breakRequests(client, 'TransactWriteItemsCommand', key.sk)
  expect(await deliver()).toBe(false)
  await expect(sweep()).rejects.toThrow('1 of 1 messages could not be processed')
  expect(sent).toEqual([])
  expect(logged.map(({ message }) => message)).toEqual([
    'a stream record could not be processed',
    'a due message could not be processed',
  ])
  mend()
  expect(await sweep()).toBe(1)
  expect(sent).toHaveLength(1)
})
