import type { Log } from '../../shared/domain/log.ts'
import type { Use } from '../../shared/domain/use.ts'
import { dayOf } from '../../shared/domain/use.ts'
import { usedMessage, useText } from '../../shared/domain/use-line.ts'

/** How many uses are remembered, a few MB. Where there are more in a day, some are told once more. */
const most = 10_000

/** Leaves a log line for the worker of `functions/uses` when something is made use of for the first time on a day. */
export function createUseLog(log: Log, now: () => Date): (use: Use) => void {
  let today = ''
  const told = new Set<string>()
  return (use) => {
    const day = dayOf(now())
    if (day !== today) told.clear()
    today = day
    const { customerId } = use
    const text = useText(use)
    const known = `${customerId} ${text}`
    if (told.has(known)) return
    if (told.size >= most) told.clear()
    told.add(known)
    log('info', usedMessage, { customerId, use: text })
  }
}
