import type { Log } from '../../shared/domain/log.ts'
import type { Table } from '../../shared/table/table.ts'
import { recordUses } from '../../shared/table/uses.ts'
import { parseLine } from './parse-line.ts'

export type UsesOptions = { table: Table; log: Log }

/** Records what the API's log tells of, outside of any request. Told twice, late or out of order it's the same. */
export function createUses({ table, log }: UsesOptions) {
  async function onLines(lines: readonly string[]): Promise<void> {
    const told = lines.map(parseLine).filter((each) => each !== undefined)
    const skipped = lines.length - told.length
    if (skipped > 0) log('warn', 'log lines that tell of no use were skipped', { count: skipped })
    for (const [day, ofDay] of Map.groupBy(told, (each) => each.day)) {
      const uses = ofDay.map(({ use }) => use)
      await recordUses(table, uses, day)
    }
  }

  return { onLines }
}
