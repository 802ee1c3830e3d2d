import type { Delivery, DeliveryStatus } from '../domain/delivery.ts'
import { isSettled, stampOfDelivery } from '../domain/delivery.ts'
import type { Instant } from '../domain/instant.ts'
import { dateOf } from '../domain/instant.ts'
import { markerTtl } from './grants.ts'
import type { Item, Versioned } from './item.ts'
import type { Key } from './keys.ts'
import { keys, keyText } from './keys.ts'
import type { Page, Position } from './query.ts'
import { indexes } from './schema.ts'
import type { Table } from './table.ts'

const dueKind = 'delivery'

/** What is settled isn't due, and goes after 400 days; what waits is found by the item it waits for. */
export function deliveryItem(delivery: Delivery, waitsFor?: Key) {
  const { source, id, status, receivedAt, nextAttemptAt } = delivery
  const settled = isSettled(delivery)
  return {
    ...delivery,
    ...keys.delivery(source, id),
    sourceStatus: `${source}#${status}`,
    sourceStatusOrder: `${receivedAt}#${id}`,
    waitsFor: waitsFor && keyText(waitsFor),
    waitsOrder: waitsFor && stampOfDelivery(delivery),
    dueKind: settled ? undefined : dueKind,
    dueAt: settled ? undefined : `${nextAttemptAt ?? receivedAt}#${source}#${id}`,
    ttl: settled ? markerTtl(dateOf(receivedAt)) : undefined,
  }
}

export const asDelivery = (item: Item | undefined) => item as Versioned<Delivery> | undefined

export async function findDelivery(table: Table, source: string, id: string) {
  return asDelivery(await table.get(keys.delivery(source, id)))
}

/** Newest receipt first; the index may lag by a moment. */
export async function listDeliveries(
  table: Table,
  query: { source: string; status: DeliveryStatus; limit: number; after?: Position | undefined },
): Promise<Page<Versioned<Delivery>>> {
  const { items, next } = await table.queryPage({
    index: indexes.deliveries,
    partition: `${query.source}#${query.status}`,
    newestFirst: true,
    limit: query.limit,
    after: query.after,
  })
  return { items: items.map(asDelivery).filter((delivery) => delivery !== undefined), next }
}

/** Keys of the deliveries that wait for this item, oldest event first. */
export async function* waitingFor(table: Table, awaited: Key): AsyncGenerator<Key> {
  for await (const { pk, sk } of table.queryAll({ index: indexes.waiting, partition: keyText(awaited) })) {
    yield { pk, sk }
  }
}

/** Keys of the deliveries whose next attempt is due, the longest overdue first; at most `limit`. */
export async function dueDeliveries(table: Table, now: Instant, limit: number): Promise<Key[]> {
  const { items } = await table.queryPage({ index: indexes.due, partition: dueKind, upTo: `${now}~`, limit })
  return items.map(({ pk, sk }) => ({ pk, sk }))
}
