import type { Instant, Stamp } from '../values/instant.ts'

/** A virtual server of the legacy platform. */
export type Server = {
  id: string
  customerId: string
  hostname: string
  /** False: deleted, or never seen; the item is a marker. */
  exists: boolean
  /** When existence was last set. */
  stamp: Stamp
  /** The newest deletion, kept when the id comes back: older assignments stay gone. */
  lastDeleted?: Stamp | undefined
  createdAt: Instant
  updatedAt: Instant
  /** Set while assignments from before the last deletion are left. */
  cleanupSince?: Instant | undefined
}
