import type { StreamFilter } from '../../shared/table/stream.ts'

/** What wakes the clean-up: the word that a deletion, or a type that voids grants, leaves for it. */
export const streamFilters: StreamFilter[] = [
  { eventName: ['INSERT'], dynamodb: { Keys: { sk: { S: [{ prefix: 'CLEANUP#' }] } } } },
]
