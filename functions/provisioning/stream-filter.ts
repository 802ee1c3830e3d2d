import type { StreamFilter } from '../../shared/table/stream.ts'

/**
 * Triggers provisioning for new deliveries (later updates are its own), and for items whose change may let a waiting
 * delivery proceed: a name that appears or is freed, a user's type, the number of admins. At most five patterns per
 * event source (Lambda's default quota).
 */
export const streamFilters: StreamFilter[] = [
  { eventName: ['INSERT'], dynamodb: { Keys: { pk: { S: [{ prefix: 'D#' }] } } } },
  { dynamodb: { Keys: { sk: { S: ['CUSTOMER'] } } } },
  // Inserts are left out: a delivery that waits for a missing item stores a placeholder for it.
  {
    eventName: ['MODIFY'],
    dynamodb: {
      Keys: {
        sk: { S: ['USER', 'ADMINS', { prefix: 'EMAIL#' }, { prefix: 'NAME#' }, { prefix: 'SERVER#' }] },
      },
    },
  },
]
