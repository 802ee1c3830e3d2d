import { handleAuditEvents } from '../../functions/reviews/worker.ts'
import { keys } from '../../shared/table/keys.ts'
import { openTable, type Table as Store } from '../../shared/table/table.ts'
import { recordUsage } from '../../shared/usage/usage-store.ts'
import { dayOf } from '../../shared/usage/usage.ts'
import { openEngine, type TestEngine } from '../support/open-engine.ts'
import { createMeter } from './meter.ts'
import { type Result, review, type Reviewed, shape, warmUp } from './reviews/measure.ts'
import { itemsOf, unitsOfCollections, write } from './reviews/population.ts'
import { tableOfOpenings, tablesOfDeadlines } from './reviews/tables.ts'
import { type Table, valuesTable } from './table.ts'

const atItsEnd = { ...shape, grants: 10_000, toItsEnd: true } as const
const reviewed: Reviewed[] = [
  { ...shape, name: '1,000', customerId: 'REV000001', grants: 1_000 },
  { ...atItsEnd, name: '10,000', customerId: 'REV000010', unanswered: 'keep' },
  { ...atItsEnd, name: '10,000 used', customerId: 'REV000011', used: true },
  { ...shape, name: '100,000', customerId: 'REV000100', grants: 100_000 },
]

/** Opening the review of a small customer and of a large one, and what its end takes if nobody has answered. */
export async function bench(): Promise<Table[]> {
  const engine = await openEngine()
  try {
    const name = await engine.createTable()
    const table = openTable({ documents: engine.documents, name, now: () => new Date() })
    await write(table, itemsOf(warmUp, table.now()).items)
    const bounds = new Map<string, ReturnType<typeof unitsOfCollections>>()
    for (const each of reviewed) bounds.set(each.customerId, await populate(table, each))
    const results: Result[] = []
    for (const each of reviewed) {
      const bound = bounds.get(each.customerId) ?? { users: 0, units: 0 }
      results.push(await review(engine, name, each, bound))
    }
    return [tableOfOpenings(results), ...tablesOfDeadlines(results), await measureFollowing(engine, table)]
  } finally {
    await engine.end()
  }
}

const day = 86_400_000

/** Of three grants one is used, one was, and one never. */
async function populate(table: Store, population: Reviewed) {
  const { items, grants } = itemsOf(population, table.now())
  await write(table, items)
  if (population.used) {
    for (const [part, days] of [[1, 10] as const, [2, 120] as const]) {
      const uses = grants
        .filter((_grant, number) => number % 3 === part)
        .map(({ customerId, userId, resource }) => ({ customerId, userId, resource, level: 'read' as const }))
      await recordUsage(table, uses, dayOf(new Date(table.now().getTime() - days * day)))
    }
  }
  return unitsOfCollections(items)
}

/** What a Change of a customer without a review under way costs: nearly all of them. */
async function measureFollowing(engine: TestEngine, table: Store) {
  const deps = { table, log: () => undefined, until: '9999-12-31T00:00:00.000000000Z' }
  const event = keys.event(warmUp.customerId, '01JD0000000000000000000000')
  const { requests, readUnits } = await createMeter(engine.client)(() =>
    handleAuditEvents(deps, warmUp.customerId, [event]),
  )
  return valuesTable('An audit event of a customer without a review under way', [
    ['requests', { value: requests, exactly: 1 }],
    ['read units', { value: readUnits, exactly: 1 }],
  ])
}
