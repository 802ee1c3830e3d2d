import type { HeldGrant } from '../../../shared/directory/grants/list-user-grants.ts'
import { type Pair, type PairEnd, projectEnd, readPair } from '../../../shared/directory/grants/target.ts'
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
import { type Call, customerOf, parameter, projectOf, serverOf } from '../authorization/request-context.ts'
import type { Subject } from '../routing/resource.ts'

export function presentGrant(user: User, grant: HeldGrant) {
  return 'project' in grant
    ? presentMembership(user, grant.project, grant.membership)
    : presentAssignment(user, grant.server, grant.assignment)
}

export function presentMembership(user: User, project: Project, membership: Membership) {
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

export function presentAssignment(user: User, server: Server, assignment: Assignment) {
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

export const theMembership: Subject<Pair> = {
  schema: 'membership',
  name: 'membership',
  load: (call) => pairWith(call, projectEnd(projectOf(call))),
  show: (_call, { user, end, stored }) => {
    if (end.kind === 'server') return undefined
    const membership = membershipOf(user, end.project, stored)
    return membership && presentMembership(user, end.project, membership)
  },
}

export const theAssignment: Subject<Pair> = {
  schema: 'assignment',
  name: 'assignment',
  load: (call) => pairWith(call, { kind: 'server', server: serverOf(call) }),
  show: (_call, { user, end, stored }) => {
    if (end.kind !== 'server') return undefined
    const assignment = assignmentOf(user, end.server, stored)
    return assignment && presentAssignment(user, end.server, assignment)
  },
}

/** With the user of the path, who has to be there. */
async function pairWith(call: Call, end: PairEnd): Promise<Pair> {
  const userId = parameter(call, 'u')
  const pair = isId(userId) ? await readPair(call.deps.table, customerOf(call).id, userId, end) : undefined
  if (!pair) throw notFound('user')
  return pair
}
