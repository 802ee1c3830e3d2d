import { isStale } from '../domain/errors.ts'
import type { Reminder } from '../domain/reminder.ts'
import type { DuePage } from './due.ts'
import type { Item, Versioned } from './item.ts'
import type { Key } from './keys.ts'
import { keys, keyText, parseReminderKey, prefixes } from './keys.ts'
import type { Page } from './query.ts'
import { indexes } from './schema.ts'
import type { Table } from './table.ts'

/** Which reminder: whom it is for, and on what occasion. */
export type ReminderRef = Pick<Reminder, 'customerId' | 'reviewId' | 'mark' | 'userId'>

/** One that nobody has tried to send yet. */
export type NewReminder = Omit<Reminder, 'sentAt' | 'problem' | 'due' | 'failures'>

const dueKind = 'reminder'

export function reminderItem(reminder: Reminder): Key & Record<string, unknown> {
  const { customerId, reviewId, mark, userId, due, ...said } = reminder
  const key = keys.reminder(customerId, reviewId, mark, userId)
  return { ...said, ...key, dueKind: due && dueKind, dueAt: due && `${due}#${keyText(key)}` }
}

type Stored = Omit<Reminder, keyof ReminderRef | 'due'> & { version: number; dueAt?: string }

export function asReminder(item: Item | undefined): Versioned<Reminder> | undefined {
  const ref = item && parseReminderKey(item)
  if (!ref) return undefined
  const { owed, endsAt, createdAt, sentAt, problem, failures, dueAt, version } = item as Item & Stored
  const due = dueAt?.slice(0, dueAt.indexOf('#'))
  return { ...ref, owed, endsAt, createdAt, sentAt, problem, due, failures, version }
}

export async function findReminder(table: Table, { customerId, reviewId, mark, userId }: ReminderRef) {
  return asReminder(await table.get(keys.reminder(customerId, reviewId, mark, userId)))
}

/** Due at once. False where there is one already: whoever reminds twice changes nothing. */
export async function putReminder(table: Table, reminder: NewReminder): Promise<boolean> {
  return table.putNew(reminderItem({ ...reminder, due: reminder.createdAt }))
}

/** As it is then; undefined if somebody else has changed it since it was read: they know better. */
export async function changeReminder(
  table: Table,
  { version: was, ...reminder }: Versioned<Reminder>,
  change: Partial<Omit<Reminder, keyof ReminderRef>>,
): Promise<Versioned<Reminder> | undefined> {
  const changed = { ...reminder, ...change }
  try {
    await table.transact([{ put: reminderItem(changed), was }])
  } catch (error) {
    if (isStale(error)) return undefined
    throw error
  }
  return { ...changed, version: was + 1 }
}

/** All of a review, by occasion, then by user. */
export async function listReminders(
  table: Table,
  customerId: string,
  reviewId: string,
): Promise<Versioned<Reminder>[]> {
  const reminders: Versioned<Reminder>[] = []
  const { pk: partition } = keys.progress(customerId, reviewId)
  for await (const item of table.queryAll({ partition, prefix: prefixes.reminders })) {
    const reminder = asReminder(item)
    if (reminder) reminders.push(reminder)
  }
  return reminders
}

/** Keys of the reminders that are due by that moment, the longest first. */
export async function dueReminders(table: Table, { by, limit, after }: DuePage): Promise<Page<Key>> {
  const query = { index: indexes.due, partition: dueKind, upTo: `${by}~`, limit, after }
  const { items, next } = await table.queryPage(query)
  return { items: items.map(({ pk, sk }) => ({ pk, sk })), next }
}
