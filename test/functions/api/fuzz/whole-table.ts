import { asCustomer } from '../../../../shared/records/customers.ts'
import type { Item } from '../../../../shared/table/item.ts'
import { violations } from '../model/agreements.ts'
import { orphans, readDirectory } from '../model/directory.ts'

/** What is not true of some customer in the table; and how many customers there are. */
export function wrongInTable(items: ReadonlyMap<string, Item>): { customers: number; wrong: string[] } {
  const customers = [...items.values()]
    .filter(({ sk }) => sk === 'CUSTOMER')
    .flatMap((item) => asCustomer(item) ?? [])
  const wrong = customers.flatMap(({ id }) => wrongAt(items, id).map((what) => `${id}: ${what}`))
  const left = orphans(items).map(({ userId }) => `a grant of nobody: ${userId}`)
  return { customers: customers.length, wrong: [...wrong, ...left] }
}

function wrongAt(items: ReadonlyMap<string, Item>, id: string): string[] {
  const directory = readDirectory(items, id)
  return directory ? violations(directory) : ['there is no such customer']
}
