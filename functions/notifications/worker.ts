import { type Instant, instantOf } from '../../shared/domain/values/instant.ts'
import { parseReminderRef } from '../../shared/reviews/reminder-store.ts'
import { mapConcurrent } from '../../shared/runtime/concurrency.ts'
import { dueMessages, sweepDue } from '../../shared/table/due.ts'
import { type Key, parseInvitationKey } from '../../shared/table/keys.ts'
import { createWorker, type Worker } from '../../shared/table/worker.ts'
import { invitationsBy } from './prepare-invitation.ts'
import { remindersBy } from './prepare-reminder.ts'
import { type NotificationsOptions, type Outcome, sendMessage } from './send-message.ts'

/** Messages handed over at the same time by one invocation. */
const concurrency = 4

/** Sends reminders and invitations: new ones when the stream names them, failed and missed ones when they are due. */
export function createNotifications(options: NotificationsOptions): Worker {
  const { table, log } = options

  async function send(key: Key, until: Instant): Promise<Outcome> {
    if (instantOf(table.now()) >= until) return 'nothing'
    const reminder = parseReminderRef(key)
    if (reminder) return sendMessage(options, key, remindersBy(options, reminder))
    const invitation = parseInvitationKey(key)
    return invitation ? sendMessage(options, key, invitationsBy(options, invitation)) : 'nothing'
  }

  return createWorker({
    now: table.now,
    log,
    subject: 'message',
    budget: { stream: 60_000, sweep: 20_000 },
    // A message that could not be sent fails no stream record: it is due again, and the sweeper retries it.
    process: (keys, attempt, until) =>
      mapConcurrent(keys, concurrency, (key) => attempt(key, () => send(key, until))),
    due: (by, work) => sweepDue((page) => dueMessages(table, page), by, work),
  })
}
