import { Hono } from 'hono'
import { listAssignees } from '../../../shared/directory/list-members.ts'
import type { Asker } from '../../../shared/directory/list-readable.ts'
import { listReadableServers } from '../../../shared/directory/list-readable.ts'
import { assignmentOf } from '../../../shared/domain/membership.ts'
import type { Server } from '../../../shared/domain/server.ts'
import { typeOf } from '../../../shared/domain/user.ts'
import { respondWithEtag } from '../../../shared/http/etag.ts'
import type { Guards } from '../authorize.ts'
import type { Access, ApiDeps, ApiEnv } from '../deps.ts'
import { pageOf } from '../paging.ts'
import { pageParameters, readQuery } from '../query.ts'
import { presentAssignment } from '../representations/grant.ts'
import { presentServer } from '../representations/server.ts'

export function serverRoutes(deps: ApiDeps, { may, mayList }: Guards) {
  const routes = new Hono<ApiEnv>()

  routes.get('/', mayList('server.read', ['no-grant']), async (c) => {
    const page = pageOf(deps, c, readQuery(c, pageParameters))
    const { customer, asker } = c.get('access')
    const servers = await listReadableServers(deps.table, customer.id, asker, page)
    return c.json(page.present(servers, presentServer))
  })

  routes.get('/:s', may('server.read', 'server'), (c) => {
    readQuery(c, {})
    return respondWithEtag(c, presentServer(serverOf(c.get('access'))))
  })

  routes.get('/:s/assignments', may('server.read', 'server'), async (c) => {
    const page = pageOf(deps, c, readQuery(c, pageParameters))
    const { asker } = c.get('access')
    const server = serverOf(c.get('access'))
    const assignees =
      asker && typeOf(asker.user) === 'customer-client'
        ? { items: itself(asker, server) }
        : await listAssignees(deps.table, server, page)
    return c.json(
      page.present(assignees, ({ user, assignment }) => presentAssignment(user, server, assignment)),
    )
  })

  return routes
}

/** An outside party sees no one else. */
function itself({ user, grants }: Asker, server: Server) {
  const assignment = assignmentOf(user, server, grants.get(`server/${server.id}`))
  return assignment ? [{ user, assignment }] : []
}

function serverOf({ resource }: Access) {
  if (resource?.type !== 'server') throw new Error('the route is not about a server')
  return resource.server
}
