import type { HeldGrant } from '../../../shared/directory/grants/list-user-grants.ts'
import {
  type GrantTarget,
  type TargetResource,
  projectTarget,
  readTarget,
} from '../../../shared/directory/grants/target.ts'
import {
  type Assignment,
  assignmentOf,
  type Membership,
  membershipOf,
} from '../../../shared/domain/access/membership.ts'
import type { Project } from '../../../shared/domain/entities/project.ts'
import type { Server } from '../../../shared/domain/entities/server.ts'
import { isMainCustomer, type User } from '../../../shared/domain/entities/user.ts'
import { isId } from '../../../shared/domain/values/id.ts'
import { presentInstant } from '../../../shared/domain/values/instant.ts'
import { notFound } from '../authorization/denial.ts'
import {
  type RequestContext,
  customerOf,
  parameter,
  projectOf,
  serverOf,
} from '../authorization/request-context.ts'
import type { Resource } from '../routing/resource.ts'
import type { Representation } from '../schemas.ts'

export function presentGrant(user: User, grant: HeldGrant): Representation<'grant'> {
  return 'project' in grant
    ? presentMembership(user, grant.project, grant.membership)
    : presentAssignment(user, grant.server, grant.assignment)
}

export function presentMembership(
  user: User,
  project: Project,
  membership: Membership,
): Representation<'membership'> {
  return {
    projectId: project.id,
    projectName: project.name,
    userId: user.id,
    email: user.email,
    roles: membership.roles,
    ...termsOf(membership),
    ...(isMainCustomer(user) && {
      locked: true,
      lockReason: 'the main-customer is a member of every project',
    }),
  }
}

export function presentAssignment(
  user: User,
  server: Server,
  assignment: Assignment,
): Representation<'assignment'> {
  return {
    serverId: server.id,
    hostname: server.hostname,
    userId: user.id,
    email: user.email,
    capabilities: assignment.capabilities,
    ...termsOf(assignment),
  }
}

/** A grant is replaced as a whole, so it's as old as its last change. */
function termsOf({ source, grantedBy, grantedAt, expiresAt, reason }: Omit<Membership, 'roles'>) {
  const at = presentInstant(grantedAt)
  return {
    source,
    grantedBy,
    grantedAt: at,
    expiresAt: expiresAt && presentInstant(expiresAt),
    reason,
    createdAt: at,
    updatedAt: at,
  }
}

export const membershipResource: Resource<GrantTarget> = {
  schema: 'membership',
  name: 'membership',
  load: (call) => targetWith(call, projectTarget(projectOf(call))),
  show: (_call, { user, resource, stored }) => {
    if (resource.kind === 'server') return undefined
    const membership = membershipOf(user, resource.project, stored)
    return membership && presentMembership(user, resource.project, membership)
  },
}

export const assignmentResource: Resource<GrantTarget> = {
  schema: 'assignment',
  name: 'assignment',
  load: (call) => targetWith(call, { kind: 'server', server: serverOf(call) }),
  show: (_call, { user, resource, stored }) => {
    if (resource.kind !== 'server') return undefined
    const assignment = assignmentOf(user, resource.server, stored)
    return assignment && presentAssignment(user, resource.server, assignment)
  },
}

/** Reads the grant of the user of the path. Throws `not-found` without such a user. */
async function targetWith(call: RequestContext, resource: TargetResource): Promise<GrantTarget> {
  const userId = parameter(call, 'u')
  const target = isId(userId)
    ? await readTarget(call.deps.table, customerOf(call).id, userId, resource)
    : undefined
  if (!target) throw notFound('user')
  return target
}
