import type { HeldGrant } from '../../../shared/directory/list-grants.ts'
import { presentInstant } from '../../../shared/domain/instant.ts'
import type { Assignment, Membership } from '../../../shared/domain/membership.ts'
import type { Project } from '../../../shared/domain/project.ts'
import type { Server } from '../../../shared/domain/server.ts'
import type { User } from '../../../shared/domain/user.ts'
import { isMainCustomer } from '../../../shared/domain/user.ts'

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
