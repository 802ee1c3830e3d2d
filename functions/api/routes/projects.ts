import { Hono } from 'hono'
import { listMembers } from '../../../shared/directory/list-members.ts'
import type { Asker } from '../../../shared/directory/list-readable.ts'
import { listReadableProjects } from '../../../shared/directory/list-readable.ts'
import { membershipOf } from '../../../shared/domain/membership.ts'
import type { Project } from '../../../shared/domain/project.ts'
import { typeOf } from '../../../shared/domain/user.ts'
import { respondWithEtag } from '../../../shared/http/etag.ts'
import type { Guards } from '../authorize.ts'
import type { Access, ApiDeps, ApiEnv } from '../deps.ts'
import { pageOf } from '../paging.ts'
import { pageParameters, readQuery } from '../query.ts'
import { presentMembership } from '../representations/grant.ts'
import { presentProject } from '../representations/project.ts'

export function projectRoutes(deps: ApiDeps, { may, mayList }: Guards) {
  const routes = new Hono<ApiEnv>()

  // A project one is in can be read without being a member of Main.
  routes.get('/', mayList('project.read', ['no-grant', 'not-a-main-member']), async (c) => {
    const page = pageOf(deps, c, readQuery(c, pageParameters))
    const { customer, asker } = c.get('access')
    const projects = await listReadableProjects(deps.table, customer.id, asker, page)
    return c.json(page.present(projects, presentProject))
  })

  routes.get('/:p', may('project.read', 'project'), (c) => {
    readQuery(c, {})
    return respondWithEtag(c, presentProject(projectOf(c.get('access'))))
  })

  routes.get('/:p/members', may('project.read', 'project'), async (c) => {
    const page = pageOf(deps, c, readQuery(c, pageParameters))
    const { customer, asker } = c.get('access')
    const project = projectOf(c.get('access'))
    const members =
      asker && typeOf(asker.user) === 'customer-client'
        ? { items: itself(asker, project) }
        : await listMembers(deps.table, customer, project, page)
    return c.json(
      page.present(members, ({ user, membership }) => presentMembership(user, project, membership)),
    )
  })

  return routes
}

/** An outside party sees no one else. */
function itself({ user, grants }: Asker, project: Project) {
  const membership = membershipOf(user, project, grants.get(`project/${project.id}`))
  return membership ? [{ user, membership }] : []
}

function projectOf({ resource }: Access) {
  if (resource?.type !== 'project') throw new Error('the route is not about a project')
  return resource.project
}
