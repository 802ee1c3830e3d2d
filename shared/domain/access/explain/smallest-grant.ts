import { capabilities } from '../../entities/capability.ts'
import { type GrantedResource, isExpired, mainResource } from '../../entities/grant.ts'
import { mainRoles, roles } from '../../entities/role.ts'
import type { User } from '../../entities/user.ts'
import { decide, type DenyReason, type Facts, type ResourceRef } from '../decide.ts'
import { actionsOn, resourceTypes } from '../permissions.ts'
import { grantedOnRef, heldGrant } from './held-grants.ts'
import { type SupposedTerms, supposeGranted } from './suppose.ts'

/** A grant in place of what is held on the resource, which it includes. */
export type SuggestedGrant = {
  resource: GrantedResource
  terms: SupposedTerms & { reason?: string | undefined }
}

/** The grants that turn a denial, in the order to make them; or why none can. */
export type SmallestGrant = { grants: SuggestedGrant[] } | { impossible: DenyReason }

/**
 * Finds the smallest grant with which `decide` allows it: of all that could be made on Main and on the resource, the
 * fewest, and of these the ones that allow the least besides. `facts` and question are those of a denial.
 */
export function smallestGrant(facts: Facts, action: string, ref: ResourceRef): SmallestGrant {
  const { user } = facts
  const denial = decide(facts, action, ref)
  if (denial.allowed) throw new Error('it is allowed already')
  const own = denial.reason.code
  if (!user) return { impossible: own }
  const candidates = candidatesFor(facts, user, ref)
  for (const some of [candidates.filter(isSingle), candidates.filter((each) => !isSingle(each))]) {
    const [first, ...others] = some
      .map((grants) => ({ grants, supposed: suppose(facts, grants) }))
      .filter(({ supposed }) => decide(supposed, action, ref).allowed)
    if (!first) continue
    const weighed = [first, ...others].map(({ grants, supposed }) => ({
      grants,
      weight: others.length === 0 ? 0 : countAllowed(supposed, ref),
    }))
    const { grants } = weighed.reduce((least, each) => (each.weight < least.weight ? each : least))
    return { grants }
  }
  // What is in the way once the membership of Main isn't.
  const later = candidates.map((grants) => decide(suppose(facts, grants), action, ref))
  const other = later.find((each) => !each.allowed && each.reason.code !== 'not-a-main-member')
  return { impossible: other && !other.allowed && own === 'not-a-main-member' ? other.reason.code : own }
}

const isSingle = (grants: readonly SuggestedGrant[]) => grants.length === 1

export const suppose = (facts: Facts, grants: readonly SuggestedGrant[]): Facts =>
  grants.reduce((before, { resource, terms }) => supposeGranted(before, resource, terms), facts)

/** Everything that could be granted: on Main, on the resource, or on both. */
function candidatesFor(facts: Facts, user: User, ref: ResourceRef): SuggestedGrant[][] {
  const onMain = [undefined, ...mainRoles].map((role) => added(facts, user, mainResource, role))
  const on = grantedOnRef(ref)
  const names = on?.kind === 'server' ? capabilities : roles
  const onResource = on ? names.map((name) => added(facts, user, on, name)) : []
  const both = onMain.flatMap((main) => onResource.map((each) => [main, each]))
  return [...onMain.map((each) => [each]), ...onResource.map((each) => [each]), ...both]
}

/** What is held on the resource, with one role or capability more. */
function added(
  facts: Facts,
  user: User,
  resource: GrantedResource,
  name: string | undefined,
): SuggestedGrant {
  const found = heldGrant(facts, user, resource)
  const held = found && !isExpired(found, facts.now) ? found : undefined
  const names = [...(held?.roles ?? []), ...(held?.capabilities ?? []), ...(name === undefined ? [] : [name])]
  const isServer = resource.kind === 'server'
  const terms = {
    roles: isServer ? [] : [...new Set(names)],
    capabilities: isServer ? capabilities.filter((each) => each === 'view' || names.includes(each)) : [],
    expiresAt: held?.expiresAt,
    reason: held?.reason,
  }
  return { resource, terms }
}

/** How much a subject may do with the resource, and with the customer as a whole. */
function countAllowed(facts: Facts, ref: ResourceRef): number {
  const customer = { type: 'customer', id: facts.customer?.id ?? '' }
  const onCustomer = allowedOn({ ...facts, resource: undefined }, customer)
  return allowedOn(facts, ref) + (ref.type === 'customer' ? 0 : onCustomer)
}

function allowedOn(facts: Facts, ref: ResourceRef): number {
  const type = resourceTypes.find((name) => name === ref.type)
  return [...(type ? actionsOn[type] : [])].filter((action) => decide(facts, action, ref).allowed).length
}
