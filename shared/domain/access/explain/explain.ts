import type { CustomerStatus } from '../../entities/customer.ts'
import { typeSince, type UserType } from '../../entities/user-type.ts'
import { typeOf, type User, type UserStatus } from '../../entities/user.ts'
import { type Instant, instantOfStamp } from '../../values/instant.ts'
import {
  type AllowReason,
  decide,
  type Decision,
  type DenyReason,
  type Facts,
  type ResourceRef,
} from '../decide.ts'
import { placeholderUser } from '../placeholder.ts'
import { allowedActions } from '../search/allowed-actions.ts'
import { type RelevantGrant, heldGrants } from './held-grants.ts'
import { type SmallestGrant, smallestGrant, type SuggestedGrant } from './smallest-grant.ts'
import { supposeRevoked } from './suppose.ts'

/** What a decision rests on, and what would make it another. */
export type Explanation = {
  decidedBy: DecidedBy
  customerStatus: CustomerStatus | undefined
  subject: { type: UserType; since: Instant; status: UserStatus } | undefined
  grants: RelevantGrant[]
  /** Of a denial only. */
  smallest: SmallestGrant | undefined
}

export const decidedBy = {
  owner: 'type',
  type: 'type',
  membership: 'membership',
  assignment: 'assignment',
  self: 'self',
  'unknown-action': 'action',
  'unknown-subject': 'subject',
  'unknown-resource': 'resource',
  closed: 'status',
  suspended: 'status',
  disabled: 'status',
  locked: 'lock',
  'type-ceiling': 'type',
  'not-a-main-member': 'membership',
  expired: 'expiry',
  'no-grant': 'membership',
  'role-too-low': 'role',
} as const satisfies Record<AllowReason | DenyReason, string>
export type DecidedBy = (typeof decidedBy)[keyof typeof decidedBy]

export function explain(facts: Facts, action: string, ref: ResourceRef): Explanation {
  const { customer, user } = facts
  const decision = decide(facts, action, ref)
  const { code } = decision.reason
  const isOnServer = code === 'no-grant' && ref.type === 'server'
  return {
    decidedBy: isOnServer ? 'assignment' : decidedBy[code],
    customerStatus: customer?.status,
    subject: user && !user.deleted ? subjectOf(user) : undefined,
    grants: heldGrants(facts, action, ref),
    smallest: decision.allowed ? undefined : smallestGrant(facts, action, ref),
  }
}

const subjectOf = (user: User) => ({
  type: typeOf(user),
  since: instantOfStamp(typeSince(user.types)),
  status: user.status,
})

/** What a decision would be without a grant, and what else on its resource would be lost. */
export type WithoutGrant = { grant: string; isHeld: boolean; decision: Decision; lost: string[] }

/** `name`: of a grant of the subject, on Main or on the resource; no other has a bearing on the question. */
export function explainWithout(facts: Facts, action: string, ref: ResourceRef, name: string): WithoutGrant {
  const held = heldGrants(facts, action, ref).find((each) => each.name === name)
  const without = held ? supposeRevoked(facts, held.resource) : facts
  const left = new Set(allowedActions(without, ref))
  return {
    grant: name,
    isHeld: held !== undefined,
    decision: decide(without, action, ref),
    lost: allowedActions(facts, ref).filter((each) => !left.has(each)),
  }
}

const granters = ['main-customer', 'customer-admin'] as const satisfies readonly UserType[]
export type Granter = (typeof granters)[number]

/** The types whose users could make the grant now; operators always can. */
export function granterTypes(facts: Facts, { resource: { kind, id } }: SuggestedGrant): Granter[] {
  return granters.filter((type) => {
    const giver: Facts = { ...facts, user: placeholderUser(type, ''), grants: new Map() }
    if (kind === 'server') return decide(giver, 'server.assign', { type: kind, id }).allowed
    if (id !== 'main') return decide(giver, 'project.manage', { type: kind, id }).allowed
    const customer = { type: 'customer', id: facts.customer?.id ?? '' }
    return decide({ ...giver, resource: undefined }, 'user.manage', customer).allowed
  })
}
