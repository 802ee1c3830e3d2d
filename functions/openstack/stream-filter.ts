import type { StreamFilter } from '../../shared/table/stream.ts'

/**
 * Records that trigger the worker: the outbox entries of Changes (`shared/openstack/sync/request-sync.ts`). Its own writes of
 * a project's record trigger it too, at the cost of one read; the deletion of a sync request does not.
 */
export const streamFilters: StreamFilter[] = [
  {
    eventName: ['INSERT', 'MODIFY'],
    dynamodb: { Keys: { sk: { S: [{ prefix: 'OPENSTACK#' }, { prefix: 'FANOUT#' }] } } },
  },
]
