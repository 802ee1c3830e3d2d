import type { StreamFilter } from '../../shared/table/stream.ts'

/** What wakes the worker: a reminder or invitation that is new. What it writes down of one wakes nobody. */
export const streamFilters: StreamFilter[] = [
  {
    eventName: ['INSERT'],
    dynamodb: { Keys: { sk: { S: [{ prefix: 'REMINDER#' }, { prefix: 'INVITATION#' }] } } },
  },
]
