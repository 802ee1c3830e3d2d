import type { Server } from '../../../shared/domain/entities/server.ts'
import { ServerId } from '../../../shared/domain/text/text.ts'
import { DomainError } from '../../../shared/domain/values/errors.ts'
import { presentInstant } from '../../../shared/domain/values/instant.ts'
import { validate } from '../../../shared/domain/values/validate.ts'
import { asServer } from '../../../shared/records/servers.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import { keys } from '../../../shared/table/keys.ts'
import { type RequestContext, customerOf, parameter, serverOf } from '../authorization/request-context.ts'
import type { Resource } from '../routing/resource.ts'
import type { Representation } from '../schemas.ts'

export function presentServer({
  id,
  customerId,
  hostname,
  createdAt,
  updatedAt,
}: Server): Representation<'server'> {
  return {
    id,
    customerId,
    hostname,
    createdAt: presentInstant(createdAt),
    updatedAt: presentInstant(updatedAt),
  }
}

export const serverResource: Resource<Server, Versioned<Server>> = {
  schema: 'server',
  name: 'server',
  load: serverOf,
  show: (_call, server) => presentServer(server),
}

/** The place that the provider puts a server at: it may be empty, or have the tombstone of an earlier one. */
export const serverSlot: Resource<Server | undefined, Versioned<Server> | undefined> = {
  ...serverResource,
  load: async (call) => {
    const id = serverIdOf(call)
    return asServer(await call.deps.table.get(keys.server(customerOf(call).id, id)))
  },
  show: (_call, server) => (server?.exists ? presentServer(server) : undefined),
}

/** Returns the id of the path, which must be valid for a new server. Throws `invalid-request`. */
function serverIdOf(call: RequestContext): string {
  try {
    return validate(ServerId, parameter(call, 's'))
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    throw new DomainError('invalid-request', `In the path: the server's id ${error.message}`, [
      { pointer: 's', detail: error.errors[0]?.detail ?? '' },
    ])
  }
}
