import * as v from 'valibot'
import { isId } from '../../shared/domain/values/id.ts'
import { dateOf, parseInstant } from '../../shared/domain/values/instant.ts'
import type { Log } from '../../shared/runtime/log.ts'
import type { Table } from '../../shared/table/table.ts'
import { recordSightings } from '../../shared/usage/last-seen-store.ts'
import { seenMessage, type Sighting } from '../../shared/usage/last-seen.ts'
import { recordUsage } from '../../shared/usage/usage-store.ts'
import { type Day, dayOf, parseUsage, type Usage, usedMessage } from '../../shared/usage/usage.ts'

/** Content of a log line: a usage on that day, or a sighting. */
type Report = { usage: Usage; day: Day } | { sighting: Sighting }

/** Characters in one of our log lines, at most: three ids of 128 and the text around them. */
const longestLine = 1000

const common = { time: v.string(), customerId: v.string() }
const Line = v.variant('message', [
  v.object({ ...common, message: v.literal(usedMessage), use: v.string() }),
  v.object({ ...common, message: v.literal(seenMessage), userId: v.string() }),
])

/** Parses a line of the API's log; `undefined` if it reports neither. */
function parseLine(text: unknown): Report | undefined {
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
  const usage = parseUsage(customerId, line.output.use)
  return usage && { usage, day: dayOf(dateOf(at)) }
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

type UsageOptions = { table: Table; log: Log }

/**
 * Records usage and sightings from the API's log, outside of any request. A line delivered twice, late or out of order changes
 * nothing. Throws at the end if any couldn't be recorded; all others are.
 */
export function createUsage({ table, log }: UsageOptions) {
  async function onLines(lines: readonly unknown[]): Promise<void> {
    const reports = lines.map(parseLine).filter((each) => each !== undefined)
    const skipped = lines.length - reports.length
    if (skipped > 0) log('warn', 'log lines without usage were skipped', { count: skipped })
    const usages = reports.filter((report) => 'usage' in report)
    const sightings = reports.filter((report) => 'sighting' in report).map(({ sighting }) => sighting)
    const results = await Promise.allSettled([
      ...[...Map.groupBy(usages, ({ day }) => day)].map(([day, ofDay]) =>
        recordUsage(
          table,
          ofDay.map(({ usage }) => usage),
          day,
        ),
      ),
      recordSightings(table, sightings),
    ])
    const failed = results.find((result) => result.status === 'rejected')
    if (failed) throw failed.reason
  }

  return { onLines }
}
