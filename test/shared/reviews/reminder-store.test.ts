import { expect, test } from 'vitest'
import type { Reminder } from '../../../shared/reviews/model/reminder.ts'
import {
  asReminder,
  findReminder,
  listReminders,
  type NewReminder,
  putReminder,
  reminderItem,
  reminderWrite,
} from '../../../shared/reviews/reminder-store.ts'
import { dueMessages } from '../../../shared/table/due.ts'
import { keys, reviewPartition } from '../../../shared/table/keys.ts'
import { startTestEngine } from '../../support/engine.ts'
import { at, customerId } from '../openstack/sync/records.ts'

const engine = await startTestEngine()
const table = await engine.openTable()

let reviews = 0
const fresh = (): NewReminder => ({
  customerId,
  reviewId: `01R${++reviews}`,
  userId: 'usr_1',
  mark: '7d',
  pendingCount: 2,
  endsAt: at(600),
  createdAt: at(0),
})
const found = async (reminder: Reminder) => {
  const read = await findReminder(table, reminder)
  if (!read) throw new Error('it is there')
  return read
}
const partitionOf = ({ reviewId }: { reviewId: string }) => reviewPartition(customerId, reviewId)
const dueBy = async (second: number) =>
  (await dueMessages(table, { by: at(second), limit: 100 })).items.map(({ pk }) => pk)

test.each<[string, Partial<Reminder>]>([
  ['that is due', { due: at(5) }],
  ['that was sent', { sentAt: at(6) }],
  ['that failed', { due: at(60), failures: 3, problem: 'nobody takes it' }],
  ['that was abandoned', { problem: 'the user is gone' }],
])('a reminder %s is read back unchanged', async (_name, more) => {
  const written = { ...fresh(), ...more }
  await table.transact([{ put: reminderItem(written), expectedVersion: 'absent' }])
  const none = { sentAt: undefined, problem: undefined, due: undefined, failures: undefined }
  expect(await found(written)).toEqual({ ...none, ...written, version: 1 })
})

test('a new one is due at once', async () => {
  const reminder = fresh()
  expect(await putReminder(table, reminder)).toBe(true)
  expect(await found(reminder)).toMatchObject({ ...reminder, due: reminder.createdAt, version: 1 })
})

test('reminding twice changes nothing', async () => {
  const reminder = fresh()
  await putReminder(table, reminder)
  await table.transact([reminderWrite({ ...(await found(reminder)), due: undefined, sentAt: at(9) })])
  expect(await putReminder(table, { ...reminder, pendingCount: 5, createdAt: at(20) })).toBe(false)
  expect(await found(reminder)).toMatchObject({ pendingCount: 2, due: undefined, sentAt: at(9), version: 2 })
})

test('a write of a stale reminder changes nothing', async () => {
  const reminder = fresh()
  await putReminder(table, reminder)
  const read = await found(reminder)
  await table.transact([reminderWrite({ ...read, due: at(60) })])
  const writing = table.transact([reminderWrite({ ...read, due: at(90) })])
  await expect(writing).rejects.toMatchObject({ code: 'stale' })
  expect(await found(reminder)).toMatchObject({ due: at(60), version: 2 })
})

test('reminders are listed by review', async () => {
  const one = fresh()
  const all: NewReminder[] = [one, { ...one, userId: 'usr_2' }, { ...one, mark: 'opened' }]
  for (const reminder of [...all, fresh()]) await putReminder(table, reminder)
  await table.transact([{ put: keys.checkpoint(customerId, one.reviewId), expectedVersion: 'absent' }])
  const listed = await listReminders(table, customerId, one.reviewId)
  const names = listed.map(({ mark, userId }) => `${mark} ${userId}`)
  expect(names).toEqual(['7d usr_1', '7d usr_2', 'opened usr_1'])
})

const put = (reminder: NewReminder, due?: string) =>
  table.transact([{ put: reminderItem({ ...reminder, due }), expectedVersion: 'absent' }])

test('reminders are due at their time, the longest due first, and never once they are sent', async () => {
  const [late, soon, sent] = [fresh(), fresh(), fresh()]
  for (const writing of [put(late, at(-90)), put(soon, at(-100)), put(sent)]) await writing
  expect(await dueBy(-101)).toEqual([])
  expect(await dueBy(-100)).toEqual([partitionOf(soon)])
  expect(await dueBy(-90)).toEqual([partitionOf(soon), partitionOf(late)])
})

test('no other item is a reminder', () => {
  expect(asReminder({ ...keys.review(customerId, '01R'), version: 1 })).toBeUndefined()
  expect(asReminder(undefined)).toBeUndefined()
})
