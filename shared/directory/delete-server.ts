import type { Server } from '../domain/server.ts'
import { serverItem } from '../table/servers.ts'
import { serverChange } from './audit-view.ts'
import type { Context, Plan } from './context.ts'
import { planned, superseded } from './context.ts'
import { resolve, serverOrWait } from './resolve.ts'

/** Ends every older assignment, also where the id has come back since. */
export async function deleteServer(
  context: Context,
  { customerId, serverId }: { customerId: string; serverId: string },
): Promise<Plan> {
  const { stamp } = context
  const names = await resolve(context, { customerId, serverId })
  const server = serverOrWait(context, names, serverId)
  if ((server.lastDeleted ?? '') > stamp) return superseded
  const isOvertaken = stamp < server.stamp
  const deleted: Server = {
    ...server,
    exists: isOvertaken && server.exists,
    stamp: isOvertaken ? server.stamp : stamp,
    lastDeleted: stamp,
    updatedAt: context.now,
  }
  // The marker stays: the id may come back after years, and assignments from before with it.
  return planned(
    context,
    customerId,
    'server.deleted',
    [{ put: serverItem(deleted), was: server.version }],
    [serverChange({ before: server, after: deleted })],
  )
}
