import * as v from 'valibot'
import { type Caller, listReadableServers } from '../../../shared/directory/facts/list-readable.ts'
import { assignServer, refuseExpired, revokeGrant } from '../../../shared/directory/grants/change-grant.ts'
import { filterOf, listAssignees } from '../../../shared/directory/grants/list-members.ts'
import { deleteServer } from '../../../shared/directory/servers/delete-server.ts'
import { putServer } from '../../../shared/directory/servers/put-server.ts'
import { assignmentOf } from '../../../shared/domain/access/membership.ts'
import { Capabilities } from '../../../shared/domain/entities/capability.ts'
import type { Server } from '../../../shared/domain/entities/server.ts'
import { searchFor, SearchText } from '../../../shared/domain/text/search-text.ts'
import { Hostname } from '../../../shared/domain/text/text.ts'
import { requires, requiresForList, operatorAt } from '../authorization/access-rule.ts'
import {
  type RequestContext,
  customerOf,
  externalUser,
  parameter,
  serverOf,
} from '../authorization/request-context.ts'
import { remove, update } from '../changes/change-routes.ts'
import { assigneeFilters } from '../grants/filters.ts'
import { presentAssignment, assignmentResource } from '../grants/resource.ts'
import { strictObject, terms } from '../routing/body-schema.ts'
import { list, read } from '../routing/read-routes.ts'
import type { Route } from '../routing/route.ts'
import { presentServer, serverSlot, serverResource } from './resource.ts'

const servers = '/v1/customers/{c}/servers'
const path = `${servers}/{s}`

export const serverRoutes: readonly Route[] = [
  list({
    path: servers,
    id: 'listServers',
    summary: 'The servers that the caller may read, by id',
    right: requiresForList('server.read', ['no-grant']),
    query: { name: v.optional(SearchText) },
    etags: true,
    schema: 'server',
    find: ({ filters, ...call }, page) => {
      const { caller } = call.access
      const isNamed = filters.name === undefined ? undefined : searchFor(filters.name)
      const fits = isNamed && (({ hostname, id }: Server) => isNamed(hostname, id))
      return listReadableServers(call.deps.table, customerOf(call).id, caller, page, { fits })
    },
    show: (_call, server) => presentServer(server),
  }),
  read({
    path,
    id: 'readServer',
    summary: 'A virtual server of the legacy platform',
    right: requires('server.read', 'server'),
    of: serverResource,
  }),
  update({
    method: 'put',
    path,
    id: 'putServer',
    summary: "Make a server known under the provider's id, or change its host name",
    right: operatorAt('customer'),
    of: serverSlot,
    creates: true,
    body: strictObject({ hostname: Hostname }),
    plan: ({ context, body, ...call }, server) =>
      putServer(context, server, {
        customerId: customerOf(call).id,
        serverId: parameter(call, 's'),
        ...body,
      }),
  }),
  remove({
    path,
    id: 'deleteServer',
    summary: 'Forget a server: all its assignments end',
    right: operatorAt('server'),
    of: serverResource,
    plan: ({ context }, server) => deleteServer(context, server),
  }),
  list({
    path: `${path}/assignments`,
    id: 'listAssignments',
    summary: 'Whom the server is assigned to; a client sees only itself',
    right: requires('server.read', 'server'),
    query: assigneeFilters,
    etags: true,
    schema: 'assignment',
    find: ({ filters, ...call }, page) => {
      const self = externalUser(call)
      const fits = filterOf(filters)
      if (self)
        return { items: ownAssignment(call, self).filter(({ user, assignment }) => fits(user, assignment)) }
      return listAssignees(call.deps.table, serverOf(call), page, filters)
    },
    show: (call, { user, assignment }) => presentAssignment(user, serverOf(call), assignment),
  }),
  read({
    path: `${path}/assignments/{u}`,
    id: 'readAssignment',
    summary: 'An assignment of the server to a user',
    right: requires('server.assign', 'server'),
    of: assignmentResource,
  }),
  update({
    method: 'put',
    path: `${path}/assignments/{u}`,
    id: 'putAssignment',
    summary:
      'Assign the server to a user with these capabilities, in place of what it had; view is always one',
    right: requires('server.assign', 'server'),
    of: assignmentResource,
    creates: true,
    body: strictObject({ capabilities: Capabilities, ...terms }),
    check: ({ context, body }) => refuseExpired(context, body),
    plan: ({ context, body }, target) => assignServer(context, target, body),
  }),
  remove({
    path: `${path}/assignments/{u}`,
    id: 'removeAssignment',
    summary: 'End an assignment',
    right: requires('server.assign', 'server'),
    of: assignmentResource,
    plan: ({ context }, target) => revokeGrant(context, target),
  }),
]

function ownAssignment(call: RequestContext, { user, grants }: Caller) {
  const server = serverOf(call)
  const assignment = assignmentOf(user, server, grants.get(`server/${server.id}`))
  return assignment ? [{ user, assignment }] : []
}
