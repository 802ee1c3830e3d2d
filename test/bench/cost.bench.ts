import type { Sized } from './customers.ts'
import { creation, member, projects, servers, sizes, staff, twentyGrants } from './customers.ts'
import { measureDecisions } from './decisions.ts'
import { measureDeliveries } from './deliveries.ts'
import type { Metered } from './metered.ts'
import { startMetered } from './metered.ts'
import type { Table } from './table.ts'

/** What deliveries and decisions ask of the table, for a small customer and a large one. */
export async function bench(): Promise<Table[]> {
  const metered = await startMetered()
  try {
    for (const sized of sizes) await populate(metered, sized)
    const tables = [await measureDecisions(metered, sizes)]
    for (const sized of sizes) tables.push(await measureDeliveries(metered, sized))
    return tables
  } finally {
    await metered.stop()
  }
}

/** A user with twenty grants among them. */
async function populate(metered: Metered, sized: Sized): Promise<void> {
  await metered.deliverAll([creation(sized)])
  await metered.deliverAll([...staff(sized), ...projects(sized, 14), ...servers(sized, 5)], 64)
  await metered.deliverAll(twentyGrants(sized, member(sized, 0)))
}
