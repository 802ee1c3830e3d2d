import type { Item, Write } from '../../shared/table/item.ts'
import { type Key, keyText } from '../../shared/table/keys.ts'
import type { Table, TableReads } from '../../shared/table/table.ts'
import type { Random } from './random.ts'

type Version = { at: number; item: Item | undefined }

export type Lag = {
  random: Random
  /** Milliseconds by which a replica may lag behind, by the table's clock; each item has a lag of its own at each read. */
  most: number
}

/**
 * The table, whose eventually consistent reads answer from replicas that lag behind, as its clock goes. Of items that no
 * transaction through it has written, they answer as strong ones do.
 */
export function staleTable(table: Table, lag: Lag): Table {
  const versions = new Map<string, Version[]>()

  async function transact(writes: readonly Write[]): Promise<void> {
    const keys = writes.map(keyOf)
    const before = await table.getMany(keys)
    await table.transact(writes)
    const after = await table.getMany(keys)
    for (const [place, key] of keys.entries()) {
      const known = versions.get(keyText(key)) ?? [{ at: 0, item: before[place] }]
      versions.set(keyText(key), [...known, { at: table.now().getTime(), item: after[place] }])
    }
  }

  function staleOf(key: string): Version | undefined {
    const until = table.now().getTime() - lag.random.below(lag.most + 1)
    return versions.get(key)?.findLast(({ at }) => at <= until)
  }

  const get = async (key: Key): Promise<Item | undefined> => {
    const stale = staleOf(keyText(key))
    return stale ? stale.item : table.get(key)
  }

  const eventual: TableReads = {
    get,
    getMany: (keys) => Promise.all(keys.map(get)),
    queryPage: async (query) => {
      const all: Item[] = []
      for await (const item of eventual.queryAll({ partition: query.partition })) all.push(item)
      const items = all.sort((one, other) => (one.sk < other.sk ? -1 : 1)).slice(0, query.limit)
      const last = items.at(-1)
      return { items, next: last && items.length < all.length ? { sk: last.sk } : undefined }
    },
    async *queryAll(query) {
      const present = new Map<string, Item>()
      for await (const item of table.queryAll(query)) present.set(keyText(item), item)
      const known = [...versions.keys()].filter((key) => key.startsWith(`${query.partition}|`))
      for (const key of new Set([...present.keys(), ...known])) {
        const stale = staleOf(key)
        const item = stale ? stale.item : present.get(key)
        if (item) yield item
      }
    },
  }
  return { ...table, eventual, transact }
}

function keyOf(write: Write): Key {
  if ('put' in write) return { pk: write.put.pk, sk: write.put.sk }
  if ('remove' in write) return write.remove
  return 'check' in write ? write.check : write.update
}
