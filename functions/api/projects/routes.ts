import * as v from 'valibot'
import { listReadableProjects } from '../../../shared/directory/facts/list-readable.ts'
import {
  checkRoles,
  grantMembership,
  refuseExpired,
  revokeGrant,
} from '../../../shared/directory/grants/change-grant.ts'
import { filterOf, listMembers } from '../../../shared/directory/grants/list-members.ts'
import { createProject } from '../../../shared/directory/projects/create-project.ts'
import { deleteProject } from '../../../shared/directory/projects/delete-project.ts'
import { updateProject } from '../../../shared/directory/projects/update-project.ts'
import { membershipOf } from '../../../shared/domain/access/membership.ts'
import { type Project, ProjectName } from '../../../shared/domain/entities/project.ts'
import { mainRoles, mostRoles, roles } from '../../../shared/domain/entities/role.ts'
import { searchFor, SearchText } from '../../../shared/domain/text/search-text.ts'
import { Description } from '../../../shared/domain/text/text.ts'
import { listOf } from '../../../shared/domain/values/list.ts'
import { requires, requiresForList, members } from '../authorization/access-rule.ts'
import { type RequestContext, customerOf, externalUser, projectOf } from '../authorization/request-context.ts'
import { create, remove, update } from '../changes/change-routes.ts'
import { memberFilters } from '../grants/filters.ts'
import { presentMembership, membershipResource } from '../grants/resource.ts'
import { withOpenStack } from '../openstack/project-state.ts'
import { someOf, strictObject, terms } from '../routing/body-schema.ts'
import { list, read } from '../routing/read-routes.ts'
import type { Route } from '../routing/route.ts'
import { presentProject, projectResource } from './resource.ts'

const projects = '/v1/customers/{c}/projects'
const path = `${projects}/{p}`
const role = v.picklist([...roles, ...mainRoles], 'must be `<service>:<level>` or `full`; on `main`, `cdn`')

export const projectRoutes: readonly Route[] = [
  list({
    path: projects,
    id: 'listProjects',
    summary: 'The projects that the caller may read: Main, then the others, oldest first',
    // A member of a project may read it without being a member of Main.
    right: requiresForList('project.read', ['no-grant', 'not-a-main-member']),
    query: { name: v.optional(SearchText) },
    etags: true,
    schema: 'project',
    find: async ({ filters, ...call }, page) => {
      const { caller } = call.access
      const isNamed = filters.name === undefined ? undefined : searchFor(filters.name)
      const fits = isNamed && ((project: Project) => isNamed(project.name))
      const found = await listReadableProjects(call.deps.table, customerOf(call).id, caller, page, { fits })
      return withOpenStack(call, found)
    },
    show: (_call, { project, openstack }) => presentProject(project, openstack),
  }),
  create({
    path: projects,
    id: 'createProject',
    summary: 'Create an OpenStack project; the main-customer and all admins are in it',
    right: requires('project.manage'),
    body: strictObject({ name: ProjectName, description: v.optional(Description) }),
    shows: projectResource,
    at: (_call, { customerId, id }) => `/v1/customers/${customerId}/projects/${id}`,
    plan: ({ context, body, ...call }) =>
      createProject(context, { customerId: customerOf(call).id, ...body }),
  }),
  read({
    path,
    id: 'readProject',
    summary: 'A project; `main` is the Main project',
    right: requires('project.read', 'project'),
    of: projectResource,
  }),
  update({
    method: 'patch',
    path,
    id: 'updateProject',
    summary: 'Rename or describe; an empty description removes it',
    right: requires('project.manage', 'project'),
    of: projectResource,
    body: someOf({ name: v.optional(ProjectName), description: v.optional(Description) }),
    plan: ({ context, body }, project) => updateProject(context, project, body),
  }),
  remove({
    path,
    id: 'deleteProject',
    summary: 'Delete an OpenStack project: nothing of it is allowed from then on',
    right: requires('project.manage', 'project'),
    of: projectResource,
    ifMatch: 'required',
    plan: ({ context }, project) => deleteProject(context, project),
  }),
  list({
    path: `${path}/members`,
    id: 'listMembers',
    summary: 'Who is in the project, stored or by type; a client sees only itself',
    right: requires('project.read', 'project'),
    query: memberFilters,
    etags: true,
    schema: 'membership',
    find: ({ filters, ...call }, page) => {
      const self = externalUser(call)
      const fits = filterOf(filters)
      if (self)
        return { items: ownMembership(call, self).filter(({ user, membership }) => fits(user, membership)) }
      return listMembers(call.deps.table, customerOf(call), projectOf(call), page, filters)
    },
    show: (call, { user, membership }) => presentMembership(user, projectOf(call), membership),
  }),
  read({
    path: `${path}/members/{u}`,
    id: 'readMember',
    summary: 'A membership, stored or by type',
    right: members,
    of: membershipResource,
  }),
  update({
    method: 'put',
    path: `${path}/members/{u}`,
    id: 'putMember',
    summary: 'Make a user a member with these roles, in place of what it had',
    right: members,
    of: membershipResource,
    creates: true,
    body: strictObject({ roles: listOf(role, mostRoles), ...terms }),
    check: ({ context, body, ...call }) => {
      checkRoles(projectOf(call), body)
      refuseExpired(context, body)
    },
    plan: ({ context, body }, target) => grantMembership(context, target, body),
  }),
  remove({
    path: `${path}/members/{u}`,
    id: 'removeMember',
    summary: 'End a membership, stored or by type',
    right: members,
    of: membershipResource,
    plan: ({ context }, target) => revokeGrant(context, target),
  }),
]

function ownMembership(call: RequestContext, { user, grants }: NonNullable<ReturnType<typeof externalUser>>) {
  const project = projectOf(call)
  const membership = membershipOf(user, project, grants.get(`project/${project.id}`))
  return membership ? [{ user, membership }] : []
}
