import type { DenyReason, Facts, ResourceRef } from '../../shared/domain/decide.ts'
import { decide } from '../../shared/domain/decide.ts'
import { DomainError } from '../../shared/domain/errors.ts'
import { standIn } from './stand-in.ts'

/** Deleted things leave a marker, which is not there for anybody. */
export function isThere(resource: Facts['resource']): boolean {
  if (resource?.type === 'user') return !resource.user.deleted
  if (resource?.type === 'project') return !resource.project.deleted
  return resource?.server.exists === true
}

/** Nothing that would tell whether there is such a thing elsewhere. */
export function notFound(type: string): DomainError {
  return new DomainError('not-found', `There is no such ${type}.`)
}

/**
 * Why the caller may not do this, if so: 403 where the right is missing whatever the id, 404 where it depends on the id.
 * An unknown id is answered like that of something the caller holds nothing on.
 */
export function refusal(facts: Facts, action: string, ref: ResourceRef): DomainError | undefined {
  const decision = decide(facts, action, ref)
  if (decision.allowed) return undefined
  if (decision.reason.code !== 'unknown-resource') return refusalFor(decision.reason.code, action, ref)
  const likewise = decide({ ...facts, resource: standIn(ref) }, action, ref)
  return likewise.allowed ? notFound(ref.type) : refusalFor(likewise.reason.code, action, ref)
}

/** As `refusal` of the customer as a whole, but for the reasons with which the list may still hold something. */
export function refusalOfList(
  facts: Facts,
  action: string,
  ref: ResourceRef,
  passing: readonly DenyReason[],
): DomainError | undefined {
  const decision = decide(facts, action, ref)
  if (decision.allowed || passing.includes(decision.reason.code)) return undefined
  return forbidden(decision.reason.code, action)
}

function refusalFor(code: DenyReason, action: string, { type }: ResourceRef): DomainError {
  return code === 'no-grant' || code === 'expired' ? notFound(type) : forbidden(code, action)
}

const because: Partial<Record<DenyReason, string>> = {
  closed: 'the customer is closed',
  suspended: 'the customer is suspended, which leaves its contact and billing information only',
  disabled: 'the user is disabled',
  'type-ceiling': 'the type of the user cannot hold it',
  'not-a-main-member': 'the user is not a member of the Main project',
}

function forbidden(code: DenyReason, action: string): DomainError {
  return new DomainError('forbidden', `The right ${action} is missing: ${because[code] ?? code}.`)
}
