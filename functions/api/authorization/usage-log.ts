import type { Log } from '../../../shared/runtime/log.ts'
import { seenMessage, type SeenUser } from '../../../shared/usage/last-seen.ts'
import { dayOf, type Usage, usedMessage, usageText } from '../../../shared/usage/usage.ts'

/** How many uses are remembered, a few MB. Where there are more in a day, some are told once more. */
const most = 10_000

/** Leaves a log line for the worker of `functions/usage` when something is made use of for the first time on a day. */
export function createUsageLog(log: Log, now: () => Date): (use: Usage) => void {
  const isFirst = firstOfDay(now)
  return (use) => {
    const { customerId } = use
    const text = usageText(use)
    if (isFirst(`${customerId} ${text}`)) log('info', usedMessage, { customerId, use: text })
  }
}

/** Likewise when a user is seen for the first time on a day. */
export function createSeenLog(log: Log, now: () => Date): (user: SeenUser) => void {
  const isFirst = firstOfDay(now)
  return ({ customerId, userId }) => {
    if (isFirst(`${customerId} ${userId}`)) log('info', seenMessage, { customerId, userId })
  }
}

/** True for what wasn't asked of on this day, as far as it is remembered. */
function firstOfDay(now: () => Date): (text: string) => boolean {
  let today = ''
  const told = new Set<string>()
  return (text) => {
    const day = dayOf(now())
    if (day !== today) told.clear()
    today = day
    if (told.has(text)) return false
    if (told.size >= most) told.clear()
    told.add(text)
    return true
  }
}
