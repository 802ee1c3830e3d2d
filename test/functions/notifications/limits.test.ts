import { expect, test } from 'vitest'
import { findMailbox } from '../../../shared/mail/mailbox-store.ts'
import { mailboxHash, optOutByLink } from '../../../shared/mail/set-opt-out.ts'
import type { ReminderMark } from '../../../shared/reviews/model/reminder.ts'
import { findReminder, listReminders, putReminder } from '../../../shared/reviews/reminder-store.ts'
import { startTestEngine } from '../../support/engine.ts'
import { breakRequests } from '../provisioning/bare-worker.ts'
import { hour, minute, second } from '../provisioning/clock.ts'
import * as scene from './scene.ts'
import { changeScene, customerId, key, optOut, reminder } from './scene.ts'

const engine = await startTestEngine()
const enough = 'the person has got as many messages as there may be for now; this one comes later'
const hash = mailboxHash('ann@bridge.example')

async function begin(more?: Parameters<typeof scene.begin>[1]) {
  const worker = await scene.begin(engine, more)
  const remind = (mark: ReminderMark) => putReminder(worker.table, { ...reminder, mark })
  const statesOf = async () =>
    (await listReminders(worker.table, customerId, reminder.reviewId)).map(({ mark, sentAt, problem, due }) =>
      [mark, sentAt ? 'sent' : problem, due?.slice(11, 19)].filter(Boolean).join(' '),
    )
  return { ...worker, remind, statesOf }
}

test('a second message within the hour waits until it has passed, records that, and then is sent', async () => {
  const { deliver, sweep, sent, statesOf, remind, clock } = await begin()
  await deliver()
  await remind('1d')
  expect([await sweep(), sent.length]).toEqual([1, 1])
  expect((await statesOf()).sort()).toEqual([`1d ${enough} 07:00:00`, 'opened sent'])
  clock.move(hour - second)
  expect(await sweep()).toBe(0)
  clock.move(second)
  expect([await sweep(), sent.length]).toEqual([1, 2])
  expect((await statesOf()).sort()).toEqual(['1d sent', 'opened sent'])
})

test('a waiting reminder is abandoned after a later round', async () => {
  const { deliver, sweep, sent, statesOf, remind, clock, table } = await begin()
  await deliver()
  for (const mark of ['7d', '1d'] as const) await remind(mark)
  await sweep()
  const at = reminder.createdAt
  const rounds = (['opened', '7d', '1d'] as const).map((mark) => ({ mark, at, told: 1 }))
  await changeScene(table, { review: { reminded: [...rounds, { mark: '0d', at, told: 0, missed: true }] } })
  clock.move(hour)
  await sweep()
  expect(sent).toHaveLength(2)
  expect((await statesOf()).sort()).toEqual([
    '1d sent',
    '7d a later reminder has taken its place',
    'opened sent',
  ])
})

test('a customer sends ten messages a day, and the eleventh on the next day', async () => {
  const { sweep, sent, remind, clock } = await begin()
  for (let mark = 1; mark <= 11; mark++) await remind(`${mark}d`)
  for (let passed = 0; passed < 24; passed++) {
    await sweep()
    clock.move(hour)
  }
  expect(sent).toHaveLength(10)
  await sweep()
  expect(sent).toHaveLength(11)
})

test('of several concurrent workers with several messages for one person, one sends one', async () => {
  const one = await begin()
  const others = [one.another(), one.another()]
  for (const mark of ['3d', '2d', '1d'] as const) await one.remind(mark)
  await Promise.all([
    one.sweep(),
    one.deliver(),
    ...others.flatMap(({ sweep, deliver }) => [sweep(), deliver()]),
  ])
  expect([one, ...others].flatMap(({ sent }) => sent)).toHaveLength(1)
  expect((await findMailbox(one.table, hash)).sent).toHaveLength(1)
  expect((await one.statesOf()).filter((state) => state.includes(enough))).toHaveLength(3)
})

test('a crash between counting and recording delays the other messages, and loses none', async () => {
  let mend: (() => void) | undefined
  const { deliver, sweep, sent, client, remind, clock } = await begin({
    notifier: async () => {
      mend ??= breakRequests(client, 'TransactWriteItemsCommand', key.sk)
    },
  })
  expect(await deliver()).toBe(false)
  mend?.()
  await remind('1d')
  const hours: number[] = []
  for (let passed = 0; passed < 4; passed++) {
    const before = sent.length
    for (let each = 0; each < 60; each++) {
      await sweep()
      clock.move(minute)
    }
    hours.push(sent.length - before)
  }
  expect([sent.length, hours]).toEqual([3, [0, 1, 1, 0]])
})

test('a message that is not accepted does not count', async () => {
  let isBroken = true
  const { sweep, sent, table, clock, remind } = await begin({
    notifier: async () => {
      if (isBroken) throw new Error('nobody takes it')
    },
  })
  await expect(sweep()).rejects.toThrow('1 of 1 messages could not be processed')
  expect((await findMailbox(table, hash)).sent).toEqual([])
  isBroken = false
  await remind('1d')
  clock.move(minute)
  await sweep()
  expect(sent).toHaveLength(1)
})

test('a person who has opted out gets no message, and the reminder says so', async () => {
  const { deliver, sent, stored, table } = await begin()
  await optOutByLink(table, hash, reminder.createdAt)
  await deliver()
  expect(sent).toEqual([])
  expect(await stored()).toMatchObject({ problem: 'the person wants no messages', due: undefined })
})

test('an opt-out while a message is being sent stops the next one', async () => {
  const one = await begin({
    notifier: async ({ unsubscribe }) => {
      const token = unsubscribe.split('/').at(-1) ?? ''
      await optOutByLink(one.table, optOut.open(token) ?? '', reminder.createdAt)
    },
  })
  await one.deliver()
  await one.remind('1d')
  one.clock.move(2 * hour)
  await one.sweep()
  expect(one.sent).toHaveLength(1)
  expect(await findReminder(one.table, { ...reminder, mark: '1d' })).toHaveProperty(
    'problem',
    'the person wants no messages',
  )
})

test('a reminder that waits past the end of the review is abandoned', async () => {
  const endsAt = '2026-11-27T06:30:00.000000000Z'
  const { deliver, sweep, sent, statesOf, remind, clock } = await begin({ review: { endsAt } })
  await deliver()
  await remind('1d')
  await sweep()
  clock.move(hour)
  await sweep()
  expect(sent).toHaveLength(1)
  expect((await statesOf()).sort()).toEqual(['1d the review is over', 'opened sent'])
})
