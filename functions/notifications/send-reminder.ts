import type { Instant } from '../../shared/domain/instant.ts'
import { addMilliseconds, instantOf } from '../../shared/domain/instant.ts'
import type { Log } from '../../shared/domain/log.ts'
import type { Reminder } from '../../shared/domain/reminder.ts'
import { errorTrace } from '../../shared/http/error-trace.ts'
import type { Versioned } from '../../shared/table/item.ts'
import type { ReminderRef } from '../../shared/table/reminders.ts'
import { changeReminder, findReminder } from '../../shared/table/reminders.ts'
import type { Table } from '../../shared/table/table.ts'
import type { Message, Notifier } from './notifier.ts'
import { readCircumstances } from './read-circumstances.ts'
import { renderReminder } from './render-reminder.ts'

export type NotificationsOptions = {
  table: Table
  notifier: Notifier
  /** Base URL of the API, without a slash at the end. */
  publicUrl: string
  log: Log
}

/** `nothing`: it isn't due, or somebody else is at it. */
export type Reminded = 'nothing' | 'sent' | 'failed' | 'given-up'

/** Milliseconds in which nobody else sends it: longer than a function runs. */
const lease = 5 * 60_000
/** Milliseconds until it's seen whether a suspended customer is resumed. */
const betweenLooks = 3_600_000

/**
 * Sends a reminder that is due, or gives it up where there's nobody to remind of anything any more; while the customer is
 * suspended it waits. It's sent once, but for a crash after the message was handed over and before that was written down: then once more when the lease is over.
 */
export async function sendReminder(options: NotificationsOptions, ref: ReminderRef): Promise<Reminded> {
  const { table, publicUrl } = options
  const now = instantOf(table.now())
  const reminder = await findReminder(table, ref)
  if (!reminder?.due || reminder.due > now) return 'nothing'
  const found = await readCircumstances(table, reminder, now)
  if (found === 'paused') return postpone(options, reminder, now)
  if ('problem' in found) return giveUp(options, reminder, found.problem)
  const { endsAt, ...about } = found
  // A suspension has moved the end, if there was one meanwhile.
  const leased = await changeReminder(table, reminder, { due: addMilliseconds(now, lease), endsAt })
  if (!leased) return 'nothing'
  return send(options, leased, renderReminder({ ...about, reminder: leased, publicUrl, now }))
}

async function postpone(
  { table }: NotificationsOptions,
  reminder: Versioned<Reminder>,
  now: Instant,
): Promise<Reminded> {
  await changeReminder(table, reminder, { due: addMilliseconds(now, betweenLooks) })
  return 'nothing'
}

async function giveUp(
  { table, log }: NotificationsOptions,
  reminder: Versioned<Reminder>,
  problem: string,
): Promise<Reminded> {
  if (!(await changeReminder(table, reminder, { problem, due: undefined }))) return 'nothing'
  log('info', 'a reminder was given up', { customerId: reminder.customerId, error: problem })
  return 'given-up'
}

async function send(
  { table, notifier, log }: NotificationsOptions,
  leased: Versioned<Reminder>,
  message: Message,
): Promise<Reminded> {
  try {
    await notifier(message)
  } catch (error) {
    const failures = (leased.failures ?? 0) + 1
    const problem = 'the message could not be handed over'
    const due = pausedFrom(instantOf(table.now()), failures)
    await changeReminder(table, leased, { failures, problem, due })
    const { customerId } = leased
    log('warn', problem, { customerId, attempts: failures, error: errorTrace(error) })
    return 'failed'
  }
  const sentAt = instantOf(table.now())
  await changeReminder(table, leased, { sentAt, problem: undefined, due: undefined })
  return 'sent'
}

const firstPause = 60_000
const longestPause = 6 * 3_600_000

/** When to try again after so many failures: twice the pause each time, up to the longest. */
const pausedFrom = (now: Instant, failures: number): Instant =>
  addMilliseconds(now, Math.min(longestPause, firstPause * 2 ** Math.min(failures - 1, 20)))
