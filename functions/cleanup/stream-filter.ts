import type { StreamFilter } from '../../shared/table/stream.ts'

/** Triggers the clean-up for requests, which a deletion or a change of type that revokes grants writes. */
export const streamFilters: StreamFilter[] = [
  { eventName: ['INSERT'], dynamodb: { Keys: { sk: { S: [{ prefix: 'CLEANUP#' }] } } } },
]
