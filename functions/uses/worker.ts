import type { Log } from '../../shared/domain/log.ts'
import { recordSightings } from '../../shared/table/seen.ts'
import type { Table } from '../../shared/table/table.ts'
import { recordUses } from '../../shared/table/uses.ts'
import { parseLine } from './parse-line.ts'

export type UsesOptions = { table: Table; log: Log }

/**
 * Records what the API's log reports, outside of any request: uses, and who was seen. Reported twice, late or out of order it's
 * the same. Fails at the end if some of it couldn't be recorded; the rest is.
 */
export function createUses({ table, log }: UsesOptions) {
  async function onLines(lines: readonly unknown[]): Promise<void> {
    const reports = lines.map(parseLine).filter((each) => each !== undefined)
    const skipped = lines.length - reports.length
    if (skipped > 0) log('warn', 'log lines that tell of no use were skipped', { count: skipped })
    const uses = reports.filter((report) => 'use' in report)
    const sightings = reports.filter((report) => 'sighting' in report).map(({ sighting }) => sighting)
    const outcomes = await Promise.allSettled([
      ...[...Map.groupBy(uses, ({ day }) => day)].map(([day, ofDay]) =>
        recordUses(
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
