import { dateOf, type Instant } from '../domain/values/instant.ts'
import { tombstoneTtl } from '../records/grants.ts'
import type { Item, Versioned } from '../table/item.ts'
import { type Key, keys, keyText } from '../table/keys.ts'
import type { Page, Position } from '../table/query.ts'
import { indexes } from '../table/schema.ts'
import type { Table } from '../table/table.ts'
import { type Delivery, type DeliveryStatus, isSettled, stampOfDelivery } from './delivery.ts'

const dueKind = 'delivery'

/** A delivery as the index lists it: without the body. */
export type ListedDelivery = Omit<Delivery, 'body'>

/** A settled delivery isn't due and expires after 400 days; a waiting one is indexed by the item it waits for. */
export function deliveryItem(delivery: Delivery) {
  const { source, id, receivedAt, nextAttemptAt, dependsOn } = delivery
  const settled = isSettled(delivery)
  return {
    ...delivery,
    ...keys.delivery(source, id),
    ...listed(delivery),
    dependsOrder: dependsOn && stampOfDelivery(delivery),
    dueKind: settled ? undefined : dueKind,
    dueAt: settled ? undefined : `${nextAttemptAt ?? receivedAt}#${source}#${id}`,
    ttl: settled ? tombstoneTtl(dateOf(receivedAt)) : undefined,
  }
}

function listed({ source, status, receivedAt, id }: ListedDelivery) {
  return { sourceStatus: `${source}#${status}`, sourceStatusOrder: `${receivedAt}#${id}` }
}

/** Position in a list of deliveries after this one. */
export function deliveryPosition(delivery: ListedDelivery): Position {
  return { ...keys.delivery(delivery.source, delivery.id), ...listed(delivery) }
}

export const asDelivery = (item: Item | undefined) => item as Versioned<Delivery> | undefined

export async function findDelivery(table: Table, source: string, id: string) {
  return asDelivery(await table.get(keys.delivery(source, id)))
}

/** Newest receipt first; the index may lag by a moment. */
export async function listDeliveries(
  table: Table,
  query: { source: string; status: DeliveryStatus; limit: number; after?: Position | undefined },
): Promise<Page<ListedDelivery>> {
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
export async function* dependingOn(table: Table, dependency: Key): AsyncGenerator<Key> {
  for await (const { pk, sk } of table.queryAll({ index: indexes.waiting, partition: keyText(dependency) })) {
    yield { pk, sk }
  }
}

/** Keys of the deliveries whose next attempt is due, the longest overdue first; a page of at most `limit`. */
export async function dueDeliveries(
  table: Table,
  { by, limit, after }: { by: Instant; limit: number; after?: Position | undefined },
): Promise<Page<Key>> {
  const query = { index: indexes.due, partition: dueKind, upTo: `${by}~`, limit, after }
  const { items, next } = await table.queryPage(query)
  return { items: items.map(({ pk, sk }) => ({ pk, sk })), next }
}
