import { grantName, type GrantedResource, isExpired, mainResource } from '../../entities/grant.ts'
import { mainProjectId } from '../../entities/project.ts'
import type { User } from '../../entities/user.ts'
import { decide, type Facts, type ResourceRef } from '../decide.ts'
import type { GrantTerms } from '../entitlements.ts'
import { assignmentOf, membershipOf } from '../membership.ts'
import { supposeRevoked } from './suppose.ts'

/** A grant that the subject holds, stored or by its type, and that has a bearing on the decision. */
export type RelevantGrant = GrantTerms & {
  resource: GrantedResource
  name: string
  reason?: string | undefined
  isExpired: boolean
  /** True if the decision is what it is because of it: revoked, it would be another. */
  decides: boolean
}

/** The resource of a grant that a decision about `ref` may rest on, beside Main; `undefined` if there is none. */
export function grantedOnRef({ type, id }: ResourceRef): GrantedResource | undefined {
  if (type === 'server') return { kind: type, id }
  return type === 'project' && id !== mainProjectId ? { kind: type, id } : undefined
}

/** The grants that a decision may rest on: of Main, and of its resource. */
export function heldGrants(facts: Facts, action: string, ref: ResourceRef): RelevantGrant[] {
  const { user, now } = facts
  if (!user || user.deleted) return []
  const { allowed } = decide(facts, action, ref)
  return [mainResource, grantedOnRef(ref)].flatMap((resource) => {
    const held = resource && heldGrant(facts, user, resource)
    if (!held) return []
    const without = decide(supposeRevoked(facts, resource), action, ref)
    return [
      {
        ...held,
        resource,
        name: grantName(user.id, resource),
        isExpired: isExpired(held, now),
        decides: without.allowed !== allowed,
      },
    ]
  })
}

/** What the subject holds on that resource, expired or not. */
export function heldGrant(
  facts: Facts,
  user: User,
  { kind, id }: GrantedResource,
): (GrantTerms & { reason?: string | undefined }) | undefined {
  const { main, resource } = facts
  const stored = facts.grants.get(`${kind}/${id}`)
  if (id === mainProjectId && kind === 'project') {
    const membership = main && membershipOf(user, main, stored)
    return membership && { ...membership, capabilities: [] }
  }
  if (resource?.type === 'project') {
    const membership = membershipOf(user, resource.project, stored)
    return membership && { ...membership, capabilities: [] }
  }
  const assignment = resource?.type === 'server' ? assignmentOf(user, resource.server, stored) : undefined
  return assignment && { ...assignment, roles: [] }
}
