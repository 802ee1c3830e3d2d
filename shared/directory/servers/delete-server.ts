import type { Server } from '../../domain/entities/server.ts'
import { requestCleanup } from '../../records/cleanup-requests.ts'
import { serverItem } from '../../records/servers.ts'
import type { Versioned } from '../../table/item.ts'
import { serverChange } from '../change/audit-view.ts'
import {
  type Context,
  timestampAfterAll,
  type ChangePlan,
  changePlan,
  superseded,
} from '../change/change-plan.ts'

/** Ends every older assignment, even if the id is in use again. */
export function deleteServer(context: Context, server: Versioned<Server>): ChangePlan<undefined> {
  const at = timestampAfterAll(context, server.stamp, server.lastDeleted)
  const { stamp, now } = at
  if ((server.lastDeleted ?? '') > stamp) return superseded
  const isOvertaken = stamp < server.stamp
  const deleted: Server = {
    ...server,
    exists: isOvertaken && server.exists,
    stamp: isOvertaken ? server.stamp : stamp,
    lastDeleted: stamp,
    updatedAt: now,
    cleanupSince: now,
  }
  // The tombstone stays for good: the id may be used again after years, and old assignments must not come back.
  return changePlan(at, {
    customerId: server.customerId,
    eventType: 'server.deleted',
    writes: [
      { put: serverItem(deleted), expectedVersion: server.version },
      requestCleanup(server.customerId, 'server', server.id, stamp),
    ],
    changes: [serverChange({ before: server, after: deleted })],
    after: undefined,
  })
}
