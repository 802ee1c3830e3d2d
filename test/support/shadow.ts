import { isDeepStrictEqual } from 'node:util'
import type { Item } from '../../shared/table/item.ts'
import { type Key, keyText } from '../../shared/table/keys.ts'
import type { Table } from '../../shared/table/table.ts'
import type { TransactItem } from './between.ts'

/** The items as the transactions have left them, without asking: what a reader between two of them would see. */
export class Shadow {
  readonly #items: Map<string, Item>

  constructor(items: readonly Item[]) {
    this.#items = new Map(items.map((item) => [keyText(item), item]))
  }

  get(key: Key): Item | undefined {
    return this.#items.get(keyText(key))
  }

  all(): Item[] {
    return [...this.#items.values()]
  }

  follow(items: readonly TransactItem[]): void {
    for (const { Put, Delete } of items) {
      if (Put?.Item) this.#items.set(keyText(Put.Item as Item), Put.Item as Item)
      if (Delete?.Key) this.#items.delete(keyText(Delete.Key as Key))
    }
  }

  /** Keys of the items that are different in the table, read strongly. */
  async differences(table: Table): Promise<string[]> {
    const items = this.all()
    const read = await table.getMany(items.map(({ pk, sk }) => ({ pk, sk })))
    return items.filter((item, place) => !isStored(item, read[place])).map(keyText)
  }
}

/** What is undefined isn't stored. */
function isStored(item: Item, stored: Item | undefined): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(item)), stored)
}
