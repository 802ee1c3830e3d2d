import * as v from 'valibot'
import { createProject } from '../../../shared/directory/create-project.ts'
import { deleteProject } from '../../../shared/directory/delete-project.ts'
import { checkRoles, grantMembership } from '../../../shared/directory/grant-membership.ts'
import { filterOf, listMembers } from '../../../shared/directory/list-members.ts'
import { listReadableProjects } from '../../../shared/directory/list-readable.ts'
import { refuseExpired } from '../../../shared/directory/plan-pair.ts'
import { revokeMembership } from '../../../shared/directory/revoke-membership.ts'
import { updateProject } from '../../../shared/directory/update-project.ts'
import { membershipOf } from '../../../shared/domain/membership.ts'
import { listOf } from '../../../shared/domain/list.ts'
import type { Project } from '../../../shared/domain/project.ts'
import { ProjectName } from '../../../shared/domain/project-name.ts'
import { mainRoles, mostRoles, roles } from '../../../shared/domain/role.ts'
import { SearchText, searchFor } from '../../../shared/domain/search-text.ts'
import { Description } from '../../../shared/domain/text.ts'
import { terms } from '../bodies.ts'
import type { Call } from '../call.ts'
import { customerOf, projectOf } from '../call.ts'
import { create, put, remove, update } from '../changing/routes.ts'
import { memberFilters } from '../grant-filters.ts'
import { withOpenStack } from '../openstack-view.ts'
import { outsideParty } from '../outside-party.ts'
import { list, read } from '../reading.ts'
import { presentMembership } from '../representations/grant.ts'
import { presentProject } from '../representations/project.ts'
import { may, mayList, members } from '../right.ts'
import type { Route } from '../route.ts'
import { someOf, strictObject } from '../strict-object.ts'
import { theMembership } from '../subjects/pair.ts'
import { theProject } from '../subjects/project.ts'

const projects = '/v1/customers/{c}/projects'
const path = `${projects}/{p}`
const role = v.picklist([...roles, ...mainRoles], 'must be `<service>:<level>` or `full`; on `main`, `cdn`')

export const projectRoutes: readonly Route[] = [
  list({
    path: projects,
    id: 'listProjects',
    summary: 'The projects that the caller may read: Main, then the others, oldest first',
    // A project one is in can be read without being a member of Main.
    right: mayList('project.read', ['no-grant', 'not-a-main-member']),
    query: { name: v.optional(SearchText) },
    etags: true,
    schema: 'project',
    find: async ({ filters, ...call }, page) => {
      const { asker } = call.access
      const isNamed = filters.name === undefined ? undefined : searchFor(filters.name)
      const fits = isNamed && ((project: Project) => isNamed(project.name))
      const found = await listReadableProjects(call.deps.table, customerOf(call).id, asker, page, { fits })
      return withOpenStack(call, found)
    },
    show: (_call, { project, openstack }) => presentProject(project, openstack),
  }),
  create({
    path: projects,
    id: 'createProject',
    summary: 'Create an OpenStack project; the main-customer and all admins are in it',
    right: may('project.manage'),
    body: strictObject({ name: ProjectName, description: v.optional(Description) }),
    shows: theProject,
    at: (_call, { customerId, id }) => `/v1/customers/${customerId}/projects/${id}`,
    plan: ({ acting, body, ...call }) => createProject(acting, { customerId: customerOf(call).id, ...body }),
  }),
  read({
    path,
    id: 'readProject',
    summary: 'A project; `main` is the Main project',
    right: may('project.read', 'project'),
    of: theProject,
  }),
  update({
    method: 'patch',
    path,
    id: 'updateProject',
    summary: 'Rename or describe; an empty description removes it',
    right: may('project.manage', 'project'),
    of: theProject,
    body: someOf({ name: v.optional(ProjectName), description: v.optional(Description) }),
    plan: ({ acting, body }, project) => updateProject(acting, project, body),
  }),
  remove({
    path,
    id: 'deleteProject',
    summary: 'Delete an OpenStack project: nothing of it is allowed from then on',
    right: may('project.manage', 'project'),
    of: theProject,
    ifMatch: 'required',
    plan: ({ acting }, project) => deleteProject(acting, project),
  }),
  list({
    path: `${path}/members`,
    id: 'listMembers',
    summary: 'Who is in the project, stored or by type; a client sees only itself',
    right: may('project.read', 'project'),
    query: memberFilters,
    etags: true,
    schema: 'membership',
    find: ({ filters, ...call }, page) => {
      const self = outsideParty(call)
      const fits = filterOf(filters)
      if (self) return { items: itself(call, self).filter(({ user, membership }) => fits(user, membership)) }
      return listMembers(call.deps.table, customerOf(call), projectOf(call), page, filters)
    },
    show: (call, { user, membership }) => presentMembership(user, projectOf(call), membership),
  }),
  read({
    path: `${path}/members/{u}`,
    id: 'readMember',
    summary: 'A membership, stored or by type',
    right: members,
    of: theMembership,
  }),
  put({
    path: `${path}/members/{u}`,
    id: 'putMember',
    summary: 'Make a user a member with these roles, in place of what it had',
    right: members,
    of: theMembership,
    body: strictObject({ roles: listOf(role, mostRoles), ...terms }),
    check: ({ acting, body, ...call }) => {
      checkRoles(projectOf(call), body)
      refuseExpired(acting, body)
    },
    plan: ({ acting, body }, pair) => grantMembership(acting, pair, body),
  }),
  remove({
    path: `${path}/members/{u}`,
    id: 'removeMember',
    summary: 'End a membership, stored or by type',
    right: members,
    of: theMembership,
    plan: ({ acting }, pair) => revokeMembership(acting, pair),
  }),
]

function itself(call: Call, { user, grants }: NonNullable<ReturnType<typeof outsideParty>>) {
  const project = projectOf(call)
  const membership = membershipOf(user, project, grants.get(`project/${project.id}`))
  return membership ? [{ user, membership }] : []
}
