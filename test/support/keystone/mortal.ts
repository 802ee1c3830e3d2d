import type { Keystone } from '../../../shared/openstack/keystone.ts'
import type { Table } from '../../../shared/table/table.ts'

export class Killed extends Error {
  override name = 'Killed'
}

/** What a process has in its hands: it makes so many calls, and then none any more, as if it had been killed. */
export function mortal(keystone: Keystone, table: Table, calls: number) {
  let left = calls
  let isDead = false
  async function live<T>(work: () => Promise<T>): Promise<T> {
    if (isDead) throw new Killed('killed')
    if (left-- > 0) return work()
    isDead = true
    // Half of the time after the effect: what it was told, nobody learns.
    if (calls % 2 === 0) await work().catch(() => undefined)
    throw new Killed('killed')
  }
  return {
    isDead: () => isDead,
    keystone: { ...keystone, call: (call) => live(() => keystone.call(call)) } satisfies Keystone,
    table: {
      ...table,
      get: (key) => live(() => table.get(key)),
      getMany: (keys) => live(() => table.getMany(keys)),
      queryPage: (query) => live(() => table.queryPage(query)),
      transact: (writes) => live(() => table.transact(writes)),
    } satisfies Table,
  }
}
