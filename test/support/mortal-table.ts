import type { Table } from '../../shared/table/table.ts'

export class Killed extends Error {
  override name = 'Killed'
}

/** Makes the call that it is given, as long as the process lives that makes it. */
export type Live = <T>(work: () => Promise<T>) => Promise<T>

/**
 * A process that makes so many calls and then none any more, as if it had been killed; half of the time the last one still
 * has its effect, and nobody learns what came of it.
 */
export function mortalLife(calls: number): { isDead: () => boolean; live: Live } {
  let left = calls
  let isDead = false
  async function live<T>(work: () => Promise<T>): Promise<T> {
    if (isDead) throw new Killed('killed')
    if (left-- > 0) return work()
    isDead = true
    if (calls % 2 === 0) await work().catch(() => undefined)
    throw new Killed('killed')
  }
  return { isDead: () => isDead, live }
}

/** The table as that process has it. */
export const inMortalHands = (table: Table, live: Live): Table => ({
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
})

/** A table in the hands of a process of its own. */
export function mortalTable(table: Table, calls: number) {
  const { isDead, live } = mortalLife(calls)
  return { isDead, table: inMortalHands(table, live) }
}
