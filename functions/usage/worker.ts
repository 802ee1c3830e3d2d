import * as v from 'valibot'
import { isId } from '../../shared/domain/values/id.ts'
import { dateOf, parseInstant } from '../../shared/domain/values/instant.ts'
import type { Log } from '../../shared/runtime/log.ts'
import type { Table } from '../../shared/table/table.ts'
import { recordSightings } from '../../shared/usage/last-seen-store.ts'
import { seenMessage, type Sighting } from '../../shared/usage/last-seen.ts'
import { recordUsage } from '../../shared/usage/usage-store.ts'
import { type Day, dayOf, parseUsage, type Usage, usedMessage } from '../../shared/usage/usage.ts'

/** What a line reports: a use on that day, or a sighting. */
export type Report = { use: Usage; day: Day } | { sighting: Sighting }

/** Characters of a line of ours, at most: three ids of 128 and what is around them. */
const longestLine = 1000

const common = { time: v.string(), customerId: v.string() }
const Line = v.variant('message', [
  v.object({ ...common, message: v.literal(usedMessage), use: v.string() }),
  v.object({ ...common, message: v.literal(seenMessage), userId: v.string() }),
])

/** What a line of the API's log reports; `undefined` if that is neither. */
export function parseLine(text: unknown): Report | undefined {
  if (typeof text !== 'string' || text.length > longestLine) return undefined
  const line = v.safeParse(Line, fromJson(text))
  if (!line.success) return undefined
  const { time, customerId } = line.output
  const at = parseInstant(time)
  if (at === undefined) return undefined
  if (line.output.message === seenMessage) {
    const { userId } = line.output
    return isId(customerId) && isId(userId) ? { sighting: { customerId, userId, at } } : undefined
  }
  const use = parseUsage(customerId, line.output.use)
  return use && { use, day: dayOf(dateOf(at)) }
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export type UsageOptions = { table: Table; log: Log }

/**
 * Records what the API's log reports, outside of any request: uses, and who was seen. Reported twice, late or out of order it's
 * the same. Fails at the end if some of it couldn't be recorded; the rest is.
 */
export function createUsage({ table, log }: UsageOptions) {
  async function onLines(lines: readonly unknown[]): Promise<void> {
    const reports = lines.map(parseLine).filter((each) => each !== undefined)
    const skipped = lines.length - reports.length
    if (skipped > 0) log('warn', 'log lines that tell of no use were skipped', { count: skipped })
    const uses = reports.filter((report) => 'use' in report)
    const sightings = reports.filter((report) => 'sighting' in report).map(({ sighting }) => sighting)
    const outcomes = await Promise.allSettled([
      ...[...Map.groupBy(uses, ({ day }) => day)].map(([day, ofDay]) =>
        recordUsage(
          table,
          ofDay.map(({ use }) => use),
          day,
        ),
      ),
      recordSightings(table, sightings),
    ])
    const failed = outcomes.find((outcome) => outcome.status === 'rejected')
    if (failed) throw failed.reason
  }

  return { onLines }
}
