import type { Server } from '../../domain/entities/server.ts'
import { instantOfStamp } from '../../domain/values/instant.ts'
import { serverItem } from '../../records/servers.ts'
import { type Versioned, versionOf } from '../../table/item.ts'
import { keys } from '../../table/keys.ts'
import { serverChange } from '../change/audit-view.ts'
import {
  type Context,
  timestampAfter,
  isByPerson,
  type ChangePlan,
  changePlan,
  superseded,
  unchanged,
} from '../change/change-plan.ts'

type PutServer = { customerId: string; serverId: string; hostname: string }

/** Creates a server under the provider's own id; a known id, as `server`, gets the newer host name. */
export function putServer(
  context: Context,
  server: Versioned<Server> | undefined,
  { customerId, serverId, hostname }: PutServer,
): ChangePlan<Server> {
  const at = timestampAfter(context, server?.stamp, server?.lastDeleted)
  if (server && at.stamp < server.stamp) return superseded
  if (isByPerson(context) && server?.exists && server.hostname === hostname) {
    return unchanged(server, [{ key: keys.server(customerId, serverId), expectedVersion: server.version }])
  }
  const put: Server = {
    ...server,
    id: serverId,
    customerId,
    hostname,
    exists: true,
    stamp: at.stamp,
    createdAt: server?.exists ? server.createdAt : instantOfStamp(at.stamp),
    updatedAt: at.now,
  }
  return changePlan(at, {
    customerId,
    eventType: server?.exists ? 'server.updated' : 'server.created',
    writes: [{ put: serverItem(put), expectedVersion: versionOf(server) }],
    changes: [serverChange({ before: server, after: put })],
    after: put,
  })
}
