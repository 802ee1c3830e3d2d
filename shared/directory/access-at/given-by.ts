import type { AllowedReason, Facts } from '../../domain/access/decide.ts'
import { mainProjectOf } from '../../domain/access/main-project.ts'
import { assignmentOf, membershipOf } from '../../domain/access/membership.ts'
import type { Customer } from '../../domain/entities/customer.ts'
import { grantName, mainResource } from '../../domain/entities/grant.ts'
import { typeSince } from '../../domain/entities/user-type.ts'
import type { User } from '../../domain/entities/user.ts'
import {
  deliveryOfStamp,
  idOfStamp,
  type Instant,
  instantOfStamp,
  type Stamp,
} from '../../domain/values/instant.ts'
import { nameOf } from './past.ts'

/** Who gave the right: by a grant, at its commit, or by the type of the user, at the time from which that counts. */
export type Given = {
  by: string
  at: Instant
  /** What the audit event has changed, by `<type>/<id>`. */
  name: string
}

type UserFacts = Facts & { customer: Customer; user: User }

/** `undefined` for the right that everybody has to themselves. */
export function givenBy(facts: UserFacts, { code, grant }: AllowedReason): Given | undefined {
  if (code === 'self') return undefined
  return (grant !== undefined && givenByGrant(facts, grant)) || givenByType(facts.user)
}

function givenByGrant({ customer, user, resource, grants }: UserFacts, grant: string): Given | undefined {
  if (grant === grantName(user.id, mainResource)) {
    const main = membershipOf(user, mainProjectOf(customer), grants.get('project/main'))
    return main && asGiven(main, nameOf('membership', `${mainResource.id}/${user.id}`))
  }
  if (resource?.type === 'project') {
    const { project } = resource
    const membership = membershipOf(user, project, grants.get(`project/${project.id}`))
    return membership && asGiven(membership, nameOf('membership', `${project.id}/${user.id}`))
  }
  if (resource?.type !== 'server') return undefined
  const { server } = resource
  const assignment = assignmentOf(user, server, grants.get(`server/${server.id}`))
  return assignment && asGiven(assignment, nameOf('assignment', `${server.id}/${user.id}`))
}

/** A membership that comes with the type has no author of its own. Nor has a grant changed before authors were kept. */
function asGiven(
  { grantedBy, grantedAt }: { grantedBy?: string | undefined; grantedAt: Instant },
  name: string,
): Given | undefined {
  return grantedBy ? { by: grantedBy, at: grantedAt, name } : undefined
}

function givenByType({ id, types }: User): Given | undefined {
  const stamp = typeSince(types)
  return /#./.test(stamp)
    ? { by: authorOf(stamp), at: instantOfStamp(stamp), name: nameOf('user', id) }
    : undefined
}

/** A stamp ends with its source: a delivery, or the id of a user or operator, after `~` if it counts last. */
function authorOf(stamp: Stamp): string {
  const delivery = deliveryOfStamp(stamp)
  if (delivery) return `webhook:${delivery.source}`
  const id = idOfStamp(stamp).replace(/^~/, '')
  return id.startsWith('usr_') ? `user:${id}` : `operator:${id}`
}
