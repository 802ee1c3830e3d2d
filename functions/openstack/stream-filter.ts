import type { StreamFilter } from '../../shared/table/stream.ts'

/**
 * What wakes the worker: what Changes say to it (`words-to-openstack.ts`). That its own writes about a project wake it too costs
 * one read; a word that is removed does not.
 */
export const streamFilters: StreamFilter[] = [
  {
    eventName: ['INSERT', 'MODIFY'],
    dynamodb: { Keys: { sk: { S: [{ prefix: 'OPENSTACK#' }, { prefix: 'FANOUT#' }] } } },
  },
]
