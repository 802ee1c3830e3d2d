import {
  decide,
  type DenyReason,
  type Facts,
  type ResourceRef,
} from '../../../shared/domain/access/decide.ts'
import { DomainError } from '../../../shared/domain/values/errors.ts'
import { placeholderFor } from './placeholder.ts'

/** Deleted things leave a marker, which is not there for anybody. */
export function isThere(resource: Facts['resource']): boolean {
  if (resource?.type === 'user') return !resource.user.deleted
  if (resource?.type === 'project') return !resource.project.deleted
  return resource?.server.exists === true
}

/** Nothing that would tell whether there is such a thing elsewhere. */
export function notFound(name: string): DomainError {
  return new DomainError('not-found', `There is no such ${name}.`)
}

export function forbidden(detail: string): DomainError {
  return new DomainError('forbidden', detail)
}

/**
 * Why the caller may not do this, if so: 403 where the right is missing whatever the id, 404 where it depends on the id,
 * 409 where it's locked to whoever has it on anything else. An unknown id is answered like that of something the caller
 * holds nothing on.
 */
export function denial(facts: Facts, action: string, ref: ResourceRef): DomainError | undefined {
  const decision = decide(facts, action, ref)
  if (decision.allowed) return undefined
  const { code } = decision.reason
  if (code !== 'unknown-resource' && code !== 'locked') return denialFor(code, action, ref)
  const likewise = decide({ ...facts, resource: placeholderFor(ref) }, action, ref)
  if (!likewise.allowed) return denialFor(likewise.reason.code, action, ref)
  return code === 'locked' ? locked(ref) : notFound(ref.type)
}

/** As `refusal` of the customer as a whole, but for the reasons with which the list may still hold something. */
export function denialOfList(
  facts: Facts,
  action: string,
  ref: ResourceRef,
  passing: readonly DenyReason[],
): DomainError | undefined {
  const decision = decide(facts, action, ref)
  if (decision.allowed || passing.includes(decision.reason.code)) return undefined
  return missing(decision.reason.code, action)
}

function denialFor(code: DenyReason, action: string, { type }: ResourceRef): DomainError {
  return code === 'no-grant' || code === 'expired' ? notFound(type) : missing(code, action)
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

export function missing(code: DenyReason, action: string): DomainError {
  return forbidden(`The right ${action} is missing: ${sentenceFor[code] ?? code}.`)
}
