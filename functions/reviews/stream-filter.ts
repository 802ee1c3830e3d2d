import type { StreamFilter } from '../../shared/table/stream.ts'

/** Any Change wakes the worker, once, by its audit event: what concerns a review under way is told from what it lists. */
export const streamFilters: StreamFilter[] = [
  { eventName: ['INSERT'], dynamodb: { Keys: { pk: { S: [{ suffix: '#EVENTS' }] } } } },
]
