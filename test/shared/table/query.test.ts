import { expect, test } from 'vitest'
import type { Delivery } from '../../../shared/provisioning/delivery.ts'
import {
  deliveryItem,
  dueDeliveries,
  listDeliveries,
  dependingOn,
} from '../../../shared/provisioning/store.ts'
import { keys, keyText } from '../../../shared/table/keys.ts'
import type { Page, Position } from '../../../shared/table/query.ts'
import { indexes } from '../../../shared/table/schema.ts'
import { startTestEngine } from '../../support/engine.ts'

const engine = await startTestEngine()
const table = await engine.openTable()

const names = ['A#1', 'B#1', 'B#2', 'B#3', 'C#1']
for (const [place, sk] of names.entries()) {
  await table.putNew({ pk: 'P', sk, odd: place % 2 === 1 ? 'yes' : undefined, parity: String(place % 2) })
}
await table.putNew({ pk: 'Q', sk: 'B#2' })

const sortKeys = ({ items }: Page<{ sk: string }>) => items.map(({ sk }) => sk)

test.each([
  [{}, names],
  [{ prefix: 'B#' }, ['B#1', 'B#2', 'B#3']],
  [{ prefix: '' }, names],
  [{ from: 'B#2' }, ['B#2', 'B#3', 'C#1']],
  [{ upTo: 'B#2' }, ['A#1', 'B#1', 'B#2']],
  [{ from: 'B#1', upTo: 'B#2' }, ['B#1', 'B#2']],
  [{ newestFirst: true, limit: 2 }, ['C#1', 'B#3']],
  [{ only: { attribute: 'odd' } }, ['B#1', 'B#3']],
  [{ prefix: 'B#', only: { attribute: 'parity', equals: '0' } }, ['B#2']],
  [{ prefix: 'X' }, []],
])('the page of %j', async (query, expected) => {
  expect(sortKeys(await table.queryPage({ partition: 'P', ...query }))).toEqual(expected)
})

test('pages follow each other without a gap, also where a filter makes them short', async () => {
  const pages: string[][] = []
  let after: Position | undefined
  do {
    const page = await table.queryPage({ partition: 'P', limit: 2, only: { attribute: 'odd' }, after })
    pages.push(sortKeys(page))
    after = page.next
  } while (after)
  expect(pages.flat()).toEqual(['B#1', 'B#3'])
  expect(pages.length).toBeGreaterThanOrEqual(3)
})

test('all items come page after page, from a position on', async () => {
  const seen: string[] = []
  for await (const { sk } of table.queryAll({ partition: 'P', limit: 2 })) seen.push(sk)
  expect(seen).toEqual(names)
  const rest: string[] = []
  const after = { pk: 'P', sk: 'B#2' }
  for await (const { sk } of table.queryAll({ partition: 'P', limit: 1, after })) rest.push(sk)
  expect(rest).toEqual(['B#3', 'C#1'])
})

const at = (second: number) => `2026-08-02T00:00:${String(second).padStart(2, '0')}.000000000Z`
const dependency = keys.customer('BGE000001')
function delivery(id: string, second: number, more: Partial<Delivery> = {}): Delivery {
  return {
    source: 'orders',
    id,
    type: 'user.created',
    timestamp: at(60 - second),
    body: '{}',
    receivedAt: at(second),
    status: 'waiting',
    attempts: 1,
    nextAttemptAt: at(second + 5),
    ...more,
  }
}
await table.putNew(deliveryItem(delivery('first', 1, { dependsOn: keyText(dependency) })))
await table.putNew(deliveryItem(delivery('second', 2, { dependsOn: keyText(dependency) })))
await table.putNew(deliveryItem(delivery('else', 3, { dependsOn: keyText(keys.customer('BGE000002')) })))
await table.putNew(deliveryItem(delivery('settled', 4, { status: 'applied', nextAttemptAt: undefined })))
await table.putNew(deliveryItem(delivery('other', 5, { source: 'crm' })))

test('deliveries that wait for an item are found by it, oldest event first', async () => {
  const found: string[] = []
  for await (const { pk } of dependingOn(table, dependency)) found.push(pk)
  expect(found).toEqual(['D#orders#second', 'D#orders#first'])
})

test.each([
  [5, []],
  [6, ['D#orders#first']],
  [8, ['D#orders#first', 'D#orders#second', 'D#orders#else']],
  [59, ['D#orders#first', 'D#orders#second', 'D#orders#else', 'D#crm#other']],
])('deliveries due after %i seconds, longest overdue first', async (second, expected) => {
  const { items } = await dueDeliveries(table, { by: at(second), limit: 10 })
  expect(items.map(({ pk }) => pk)).toEqual(expected)
  const first = await dueDeliveries(table, { by: at(second), limit: 1 })
  expect(first.items.map(({ pk }) => pk)).toEqual(expected.slice(0, 1))
})

async function list(source: string, status: Delivery['status']) {
  const { items } = await listDeliveries(table, { source, status, limit: 2 })
  return items.map(({ id }) => id)
}

test('deliveries are listed by source and status, the newest first', async () => {
  expect(await list('orders', 'waiting')).toEqual(['else', 'second'])
  expect(await list('orders', 'applied')).toEqual(['settled'])
  expect(await list('crm', 'waiting')).toEqual(['other'])
  expect(await list('crm', 'failed')).toEqual([])
})

test('an index is asked as the table is, though not strongly', async () => {
  const page = await table.queryPage({ index: indexes.due, partition: 'delivery', limit: 3 })
  expect(page.items.map(({ pk }) => pk)).toEqual(['D#orders#first', 'D#orders#second', 'D#orders#else'])
  const next = await table.queryPage({ index: indexes.due, partition: 'delivery', after: page.next })
  expect(next.items.map(({ pk }) => pk)).toEqual(['D#crm#other'])
})
