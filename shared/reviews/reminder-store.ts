import { dueMessage, dueOf } from '../table/due.ts'
import type { Item, Versioned, Write } from '../table/item.ts'
import { type Key, keys, parseReminderKey, prefixes, reviewPartition } from '../table/keys.ts'
import type { Table } from '../table/table.ts'
import type { Reminder, ReminderMark } from './model/reminder.ts'

/** A reminder's key: its reviewer and its round. */
export type ReminderRef = Pick<Reminder, 'customerId' | 'reviewId' | 'mark' | 'userId'>

/** A reminder without any attempt to send it. */
export type NewReminder = Omit<Reminder, 'sentAt' | 'problem' | 'due' | 'failures'>

export function reminderItem(reminder: Reminder): Key & Record<string, unknown> {
  const { customerId, reviewId, mark, userId, due, ...attributes } = reminder
  const key = keys.reminder(customerId, reviewId, mark, userId)
  return { ...attributes, ...key, ...dueMessage(key, due) }
}

type Stored = Omit<Reminder, keyof ReminderRef | 'due'> & { version: number; dueAt?: string }

/** `undefined`: not a reminder's key. */
export function parseReminderRef(key: Key): ReminderRef | undefined {
  const ref = parseReminderKey(key)
  return ref && isMark(ref.mark) ? { ...ref, mark: ref.mark } : undefined
}

const isMark = (text: string): text is ReminderMark => /^(opened|\d+d)$/.test(text)

export function asReminder(item: Item | undefined): Versioned<Reminder> | undefined {
  const ref = item && parseReminderRef(item)
  if (!ref) return undefined
  const { pendingCount, endsAt, createdAt, sentAt, problem, failures, dueAt, version } = item as Item & Stored
  return { ...ref, pendingCount, endsAt, createdAt, sentAt, problem, due: dueOf(dueAt), failures, version }
}

export async function findReminder(table: Table, { customerId, reviewId, mark, userId }: ReminderRef) {
  return asReminder(await table.get(keys.reminder(customerId, reviewId, mark, userId)))
}

/** Stores a reminder, due at once. False if it's there already: reminding twice changes nothing. */
export async function putReminder(table: Table, reminder: NewReminder): Promise<boolean> {
  return table.putNew(reminderItem({ ...reminder, due: reminder.createdAt }))
}

/** Write of the reminder's next state, if nobody has changed it since it was read. */
export const reminderWrite = ({ version: expectedVersion, ...reminder }: Versioned<Reminder>): Write => ({
  put: reminderItem(reminder),
  expectedVersion,
})

/** All reminders of a review, by round, then by user. */
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
