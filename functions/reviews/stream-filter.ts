import type { StreamFilter } from '../../shared/table/stream.ts'

/** Every Change triggers the worker once, by its audit event, which lists the resources it has changed. */
export const streamFilters: StreamFilter[] = [
  { eventName: ['INSERT'], dynamodb: { Keys: { pk: { S: [{ suffix: '#EVENTS' }] } } } },
]
