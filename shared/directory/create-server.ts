import { instantOfStamp } from '../domain/instant.ts'
import type { Server } from '../domain/server.ts'
import { serverItem } from '../table/servers.ts'
import { serverChange } from './audit-view.ts'
import type { Context, Plan } from './context.ts'
import { planned, superseded } from './context.ts'
import { resolve } from './resolve.ts'

export type CreateServer = { customerId: string; serverId: string; hostname: string }

/** The id is the provider's own: one that is known already gets the newer host name. */
export async function createServer(context: Context, input: CreateServer): Promise<Plan> {
  const { customerId, serverId, hostname } = input
  const { server } = await resolve(context, { customerId, serverId })
  if (server && context.stamp < server.stamp) return superseded
  const created: Server = {
    id: serverId,
    customerId,
    hostname,
    exists: true,
    stamp: context.stamp,
    lastDeleted: server?.lastDeleted,
    createdAt: server?.exists ? server.createdAt : instantOfStamp(context.stamp),
    updatedAt: context.now,
  }
  return planned(
    context,
    customerId,
    'server.created',
    [{ put: serverItem(created), was: server?.version }],
    [serverChange({ before: server, after: created })],
  )
}
