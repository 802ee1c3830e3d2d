import type { StreamFilter } from '../../shared/table/stream.ts'

/** A new reminder or invitation triggers the worker; its own updates of one don't. */
export const streamFilters: StreamFilter[] = [
  {
    eventName: ['INSERT'],
    dynamodb: { Keys: { sk: { S: [{ prefix: 'REMINDER#' }, { prefix: 'INVITATION#' }] } } },
  },
]
