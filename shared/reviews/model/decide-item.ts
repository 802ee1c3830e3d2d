import type { GrantTerms } from '../../domain/access/entitlements.ts'
import type { Capability } from '../../domain/entities/capability.ts'
import { mainProjectId } from '../../domain/entities/project.ts'
import { highestLevel, isRole, levels, rolesCover, services } from '../../domain/entities/role.ts'
import { isSameJson } from '../../domain/values/equality.ts'
import { DomainError } from '../../domain/values/errors.ts'
import type { Instant } from '../../domain/values/instant.ts'
import { earlierOf, type ItemDecision, type ReviewItem } from './review-item.ts'

export type WantedDecision = Omit<ItemDecision, 'by' | 'at'>

/**
 * Returns the item with this decision in place of any earlier one.
 * @throws {DomainError} `locked`, `conflict` for a grant that is gone, or `invalid-request` with the field that doesn't fit
 */
export function decideItem(
  item: ReviewItem,
  wanted: WantedDecision,
  { by, at }: Pick<ItemDecision, 'by' | 'at'>,
): ReviewItem {
  if (item.state === 'gone') {
    throw new DomainError('conflict', 'the grant is gone: there is nothing left to decide')
  }
  checkFit(item, wanted, at)
  return { ...item, state: 'decided', decision: { ...wanted, by, at }, earlier: earlierOf(item) }
}

/** True if the item has this very decision, by anybody, and hasn't been opened again since. */
export function isDecidedSo({ state, decision }: ReviewItem, wanted: WantedDecision): boolean {
  return state === 'decided' && decision !== undefined && isSameJson(inOrder(decision), inOrder(wanted))
}

const inOrder = ({ decision, roles, capabilities, until, reason }: WantedDecision) => ({
  decision,
  roles: roles?.toSorted(),
  capabilities: capabilities?.toSorted(),
  until,
  reason,
})

function checkFit(item: ReviewItem, wanted: WantedDecision, now: Instant): void {
  const { decision, roles, capabilities, until } = wanted
  if (item.userType === 'main-customer' && (decision !== 'keep' || until !== undefined)) {
    throw new DomainError('locked', 'what the main-customer holds can only be acknowledged: decide `keep`')
  }
  const isServer = item.resource.kind === 'server'
  if (roles && (isServer || decision !== 'reduce')) {
    throw misfit('/roles', isServer ? 'are for projects: name the capabilities' : 'go with `reduce` only')
  }
  if (capabilities && (!isServer || decision !== 'reduce')) {
    throw misfit('/capabilities', isServer ? 'go with `reduce` only' : 'are for servers: name the roles')
  }
  if (decision === 'reduce') checkLess(item, roles, capabilities)
  if (until !== undefined) checkUntil(item.terms, decision, until, now)
}

function checkLess(
  { resource, terms }: ReviewItem,
  roles: readonly string[] | undefined,
  capabilities: readonly Capability[] | undefined,
): void {
  if (resource.kind === 'server') {
    if (!capabilities) throw misfit('/capabilities', 'is missing: what is left')
    const above = capabilities.find((name) => !terms.capabilities.includes(name))
    if (above) throw misfit('/capabilities', `must not go beyond what is held: ${above} is not`)
    if (terms.capabilities.every((name) => capabilities.includes(name))) throw nothingLess('/capabilities')
    return
  }
  if (!roles) throw misfit('/roles', 'is missing: what is left')
  const isMain = resource.id === mainProjectId
  if (!isMain && roles.length === 0) throw misfit('/roles', 'must name at least one role; `revoke` takes all')
  const above = roles.find((role) => !covers(terms.roles, role, isMain))
  if (above) throw misfit('/roles', `must not go beyond what is held: ${above} does`)
  if (terms.roles.every((role) => covers(roles, role, isMain))) throw nothingLess('/roles')
}

/** True if the roles held include all rights of this one. */
function covers(held: readonly string[], role: string, isMain: boolean): boolean {
  if (isMain) return held.includes(role)
  if (!isRole(role)) return false
  if (role === 'full') return services.every((service) => rolesCover(held, service, highestLevel))
  const [name, step] = role.split(':')
  const service = services.find((each) => each === name)
  const level = levels.find((each) => each === step)
  return service !== undefined && level !== undefined && rolesCover(held, service, level)
}

function checkUntil(
  { expiresAt }: GrantTerms,
  decision: ItemDecision['decision'],
  until: Instant,
  now: Instant,
): void {
  if (decision === 'revoke') throw misfit('/until', 'does not go with `revoke`, which counts at once')
  if (until <= now) throw misfit('/until', 'must be in the future')
  if (expiresAt !== undefined && until > expiresAt) {
    throw misfit('/until', 'must not be later than the grant ends anyway')
  }
}

const nothingLess = (pointer: string) => misfit(pointer, 'must be less than what is held; `keep` leaves it')

function misfit(pointer: string, detail: string): DomainError {
  return new DomainError('invalid-request', `${pointer} ${detail}`, [{ pointer, detail }])
}
