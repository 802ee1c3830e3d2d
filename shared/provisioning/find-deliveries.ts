import { fillPage, type Page, type PageRequest } from '../table/query.ts'
import type { Table } from '../table/table.ts'
import { type DeliveryStatus, deliveryStatuses } from './delivery.ts'
import { deliveryPosition, listDeliveries, type ListedDelivery } from './store.ts'

const rounds = 8

/**
 * Lists the deliveries of the sources, one status after the other unless one is given, newest first in each, in eight
 * requests at most.
 */
export function findDeliveries(
  table: Table,
  { sources, status }: { sources: readonly string[]; status?: DeliveryStatus | undefined },
  page: PageRequest,
): Promise<Page<ListedDelivery>> {
  const statuses = status === undefined ? deliveryStatuses : [status]
  const lists = sources.flatMap((source) => statuses.map((each) => ({ source, status: each })))
  const read = async ({ limit, after }: PageRequest): Promise<Page<ListedDelivery>> => {
    const place = after ? lists.findIndex((list) => nameOf(list) === after.sourceStatus) : 0
    const list = lists[place]
    if (!list) return { items: [] }
    const within = after?.pk === undefined ? undefined : after
    const { items, next } = await listDeliveries(table, { ...list, limit, after: within })
    const following = lists[place + 1]
    return { items, next: next ?? (following && { sourceStatus: nameOf(following) }) }
  }
  return fillPage(page, rounds, read, deliveryPosition)
}

const nameOf = ({ source, status }: { source: string; status: string }) => `${source}#${status}`
