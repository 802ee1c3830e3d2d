import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda'
import { addMilliseconds, type Instant, instantOf } from '../../shared/domain/values/instant.ts'
import { mapConcurrent } from '../../shared/runtime/concurrency.ts'
import { errorTrace } from '../../shared/runtime/error-trace.ts'
import { dueMessages, sweepDue } from '../../shared/table/due.ts'
import { parseReminderRef } from '../../shared/reviews/reminder-store.ts'
import { type Key, parseInvitationKey } from '../../shared/table/keys.ts'
import { processBatch } from '../../shared/table/stream.ts'
import { invitationsBy } from './prepare-invitation.ts'
import { remindersBy } from './prepare-reminder.ts'
import { type NotificationsOptions, type Outcome, sendMessage } from './send-message.ts'

/** Messages that one invocation hands over at the same time. */
const atOnce = 4
/** Milliseconds in which new messages begin, well below the functions' timeouts; the others stay due. */
const streamTime = 60_000
const sweepTime = 20_000

/** Sends reminders and invitations: new ones from the stream, due ones from the schedule. */
export function createNotifications(options: NotificationsOptions) {
  const { table, log } = options
  const inMilliseconds = (time: number) => addMilliseconds(instantOf(table.now()), time)

  async function sendUntil(until: Instant, key: Key): Promise<Outcome> {
    if (instantOf(table.now()) >= until) return 'nothing'
    const reminder = parseReminderRef(key)
    if (reminder) return sendMessage(options, key, remindersBy(options, reminder))
    const invitation = parseInvitationKey(key)
    return invitation ? sendMessage(options, key, invitationsBy(options, invitation)) : 'nothing'
  }

  /** A message that couldn't be sent is no failed record: it is due again, and the sweeper retries it. */
  function onStream(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
    const until = inMilliseconds(streamTime)
    return processBatch(
      event,
      (keys, processOne) =>
        mapConcurrent(keys, atOnce, (key) => processOne(key, () => sendUntil(until, key))),
      (error) => log('error', 'a stream record could not be processed', { error: errorTrace(error) }),
    )
  }

  /** Sends due messages, which no trigger reached or which failed. Returns how many were due; throws at the end if any failed. */
  async function sweep(): Promise<number> {
    const until = inMilliseconds(sweepTime)
    let failed = 0
    const tryOne = async (key: Key) => {
      try {
        if ((await sendUntil(until, key)) === 'failed') failed++
      } catch (error) {
        failed++
        log('error', 'a due message could not be sent', { error: errorTrace(error) })
      }
    }
    const count = await sweepDue(
      (page) => dueMessages(table, page),
      inMilliseconds(0),
      async (keys) => (await mapConcurrent(keys, atOnce, tryOne)).length,
    )
    if (failed > 0) throw new Error(`${failed} of ${count} messages could not be sent`)
    return count
  }

  return { onStream, sweep }
}
