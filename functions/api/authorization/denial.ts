import {
  decide,
  type Decision,
  type DenyReason,
  type Facts,
  type ResourceRef,
} from '../../../shared/domain/access/decide.ts'
import { placeholderFor } from '../../../shared/domain/access/placeholder.ts'
import { DomainError } from '../../../shared/domain/values/errors.ts'
import type { Question } from '../../../shared/usage/record-usage.ts'

/** False for the tombstone of a deleted resource. */
export function isThere(resource: Facts['resource']): boolean {
  if (resource?.type === 'user') return !resource.user.deleted
  if (resource?.type === 'project') return !resource.project.deleted
  return resource?.server.exists === true
}

/** Doesn't show whether another customer has such a thing. */
export function notFound(name: string): DomainError {
  return new DomainError('not-found', `There is no such ${name}.`)
}

export function forbidden(detail: string): DomainError {
  return new DomainError('forbidden', detail)
}

/** Decides. Throws the denial, or returns the decision that allows it. */
export function requirePermission(question: Question): Decision {
  const decision = decide(question.facts, question.action, question.ref)
  if (!decision.allowed) throw denialOf(question, decision.reason.code)
  return decision
}

/** Decides for a list: with a denial in `passing`, it may still hold something. */
export function requirePermissionForList(
  { facts, action, ref }: Question,
  passing: readonly DenyReason[],
): Decision {
  const decision = decide(facts, action, ref)
  if (decision.allowed || passing.includes(decision.reason.code)) return decision
  throw permissionDenied(decision.reason.code, action)
}

/**
 * 403 where the right is missing whatever the id, 404 where it depends on the id, 409 where it's locked to a caller who
 * has it on everything else. An unknown id gets the denial of a resource on which the caller holds nothing.
 */
function denialOf({ facts, action, ref }: Question, code: DenyReason): DomainError {
  if (code !== 'unknown-resource' && code !== 'locked') return denialFor(code, action, ref)
  const likewise = decide({ ...facts, resource: placeholderFor(ref) }, action, ref)
  if (!likewise.allowed) return denialFor(likewise.reason.code, action, ref)
  return code === 'locked' ? locked(ref) : notFound(ref.type)
}

function denialFor(code: DenyReason, action: string, { type }: ResourceRef): DomainError {
  return code === 'no-grant' || code === 'expired' ? notFound(type) : permissionDenied(code, action)
}

function locked({ type }: ResourceRef): DomainError {
  return new DomainError(
    'locked',
    type === 'user'
      ? 'The main-customer can only be replaced, by a transfer of the ownership.'
      : 'The Main project stays as it is as long as its customer.',
  )
}

const sentenceFor: Partial<Record<DenyReason, string>> = {
  closed: 'the customer is closed',
  suspended: 'the customer is suspended, which leaves its contact and billing information only',
  disabled: 'the user is disabled',
  'type-ceiling': 'the type of the user cannot hold it',
  'not-a-main-member': 'the user is not a member of the Main project',
}

export function permissionDenied(code: DenyReason, action: string): DomainError {
  return forbidden(`The right ${action} is missing: ${sentenceFor[code] ?? code}.`)
}
