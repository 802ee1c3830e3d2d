import { dueMessage, dueOf } from '../table/due.ts'
import type { Item, Versioned, Write } from '../table/item.ts'
import { type Key, keys, parseReminderKey, prefixes, reviewPartition } from '../table/keys.ts'
import type { Table } from '../table/table.ts'
import type { Reminder } from './model/reminder.ts'

/** Which reminder: whom it is for, and on what occasion. */
export type ReminderRef = Pick<Reminder, 'customerId' | 'reviewId' | 'mark' | 'userId'>

/** One that nobody has tried to send yet. */
export type NewReminder = Omit<Reminder, 'sentAt' | 'problem' | 'due' | 'failures'>

export function reminderItem(reminder: Reminder): Key & Record<string, unknown> {
  const { customerId, reviewId, mark, userId, due, ...said } = reminder
  const key = keys.reminder(customerId, reviewId, mark, userId)
  return { ...said, ...key, ...dueMessage(key, due) }
}

type Stored = Omit<Reminder, keyof ReminderRef | 'due'> & { version: number; dueAt?: string }

export function asReminder(item: Item | undefined): Versioned<Reminder> | undefined {
  const ref = item && parseReminderKey(item)
  if (!ref) return undefined
  const { pendingCount, endsAt, createdAt, sentAt, problem, failures, dueAt, version } = item as Item & Stored
  return { ...ref, pendingCount, endsAt, createdAt, sentAt, problem, due: dueOf(dueAt), failures, version }
}

export async function findReminder(table: Table, { customerId, reviewId, mark, userId }: ReminderRef) {
  return asReminder(await table.get(keys.reminder(customerId, reviewId, mark, userId)))
}

/** Due at once. False where there is one already: whoever reminds twice changes nothing. */
export async function putReminder(table: Table, reminder: NewReminder): Promise<boolean> {
  return table.putNew(reminderItem({ ...reminder, due: reminder.createdAt }))
}

/** As it becomes, if it still is as it was read. */
export const reminderWrite = ({ version: expectedVersion, ...reminder }: Versioned<Reminder>): Write => ({
  put: reminderItem(reminder),
  expectedVersion,
})

/** All of a review, by occasion, then by user. */
export async function listReminders(
  table: Table,
  customerId: string,
  reviewId: string,
): Promise<Versioned<Reminder>[]> {
  const reminders: Versioned<Reminder>[] = []
  const partition = reviewPartition(customerId, reviewId)
  for await (const item of table.queryAll({ partition, prefix: prefixes.reminders })) {
    const reminder = asReminder(item)
    if (reminder) reminders.push(reminder)
  }
  return reminders
}
