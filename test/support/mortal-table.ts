import type { Table } from '../../shared/table/table.ts'

export class Killed extends Error {
  override name = 'Killed'
}

/**
 * A table in the hands of a process that makes so many calls and then none any more, as if it had been killed; half of the
 * time the last one still has its effect, and nobody learns what came of it.
 */
export function mortalTable(table: Table, calls: number) {
  let left = calls
  let isDead = false
  async function live<T>(work: () => Promise<T>): Promise<T> {
    if (isDead) throw new Killed('killed')
    if (left-- > 0) return work()
    isDead = true
    if (calls % 2 === 0) await work().catch(() => undefined)
    throw new Killed('killed')
  }
  const mortal: Table = {
    ...table,
    get: (key) => live(() => table.get(key)),
    getMany: (keys) => live(() => table.getMany(keys)),
    queryPage: (query) => live(() => table.queryPage(query)),
    async *queryAll(query) {
      await live(async () => undefined)
      yield* table.queryAll(query)
    },
    transact: (writes) => live(() => table.transact(writes)),
    putNew: (item) => live(() => table.putNew(item)),
  }
  return { isDead: () => isDead, table: mortal }
}
