import type { StreamFilter } from '../../shared/table/stream.ts'

/**
 * What wakes provisioning: a delivery that was just recorded (its later updates are our own work), and items whose
 * change may mend what a delivery waits for: what it names appears or is freed, a user's type or the number of admins
 * changes. At most five patterns per event source (Lambda's default quota).
 */
export const streamFilters: StreamFilter[] = [
  { eventName: ['INSERT'], dynamodb: { Keys: { pk: { S: [{ prefix: 'D#' }] } } } },
  { dynamodb: { Keys: { sk: { S: ['CUSTOMER'] } } } },
  // Nobody waits for one of these to be inserted: what waits for something missing puts an empty item in its place.
  {
    eventName: ['MODIFY'],
    dynamodb: {
      Keys: {
        sk: { S: ['USER', 'ADMINS', { prefix: 'EMAIL#' }, { prefix: 'NAME#' }, { prefix: 'SERVER#' }] },
      },
    },
  },
]
