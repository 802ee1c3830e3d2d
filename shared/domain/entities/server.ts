import type { Instant, Stamp } from '../values/instant.ts'

/** A virtual server of the legacy platform. */
export type Server = {
  id: string
  customerId: string
  hostname: string
  /** False: deleted, or never seen; the item is a tombstone. */
  exists: boolean
  /** The stamp at which existence was last set. */
  stamp: Stamp
  /** The newest deletion, kept when the id is used again: older assignments stay ended. */
  lastDeleted?: Stamp | undefined
  createdAt: Instant
  updatedAt: Instant
  /** Set while assignments from before the last deletion remain to be removed. */
  cleanupSince?: Instant | undefined
}
