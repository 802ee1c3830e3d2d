import type { Log } from '../runtime/log.ts'
import { seenMessage, type SeenUser } from './last-seen.ts'
import { dayOf, type Usage, usedMessage, usageText } from './usage.ts'

/** A few MB. Beyond it, some usages of a day are logged once more. */
const maxRemembered = 10_000

/** Writes a log line for the worker of `functions/usage` when a right is used for the first time on a day. */
export function createUsageLog(log: Log, now: () => Date): (usage: Usage) => void {
  const isFirst = firstOfDay(now)
  return (usage) => {
    const { customerId } = usage
    const text = usageText(usage)
    if (isFirst(`${customerId} ${text}`)) log('info', usedMessage, { customerId, use: text })
  }
}

/** Does the same when a user is seen for the first time on a day. */
export function createSeenLog(log: Log, now: () => Date): (user: SeenUser) => void {
  const isFirst = firstOfDay(now)
  return ({ customerId, userId }) => {
    if (isFirst(`${customerId} ${userId}`)) log('info', seenMessage, { customerId, userId })
  }
}

/** Returns true for a text that it wasn't called with on this day, as far as it remembers. */
function firstOfDay(now: () => Date): (text: string) => boolean {
  let today = ''
  const logged = new Set<string>()
  return (text) => {
    const day = dayOf(now())
    if (day !== today) logged.clear()
    today = day
    if (logged.has(text)) return false
    if (logged.size >= maxRemembered) logged.clear()
    logged.add(text)
    return true
  }
}
