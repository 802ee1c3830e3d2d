import { sizes } from './customers.ts'
import { measureDecisions } from './decisions.ts'
import { measureDeliveries } from './deliveries.ts'
import { startMetered } from './metered.ts'
import { populate } from './populate.ts'
import type { Table } from './table.ts'

/** What deliveries and decisions ask of the table, for a small customer and a large one. */
export async function bench(): Promise<Table[]> {
  const metered = await startMetered()
  try {
    for (const sized of sizes) await populate(metered.table, sized)
    await metered.settle()
    const tables = [await measureDecisions(metered, sizes)]
    for (const sized of sizes) tables.push(await measureDeliveries(metered, sized))
    return tables
  } finally {
    await metered.stop()
  }
}
