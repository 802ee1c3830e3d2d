import type { Subject } from '../../../shared/directory/facts/read-facts.ts'
import { decide, type Facts } from '../../../shared/domain/access/decide.ts'
import { parseEmail } from '../../../shared/domain/text/email.ts'
import { MissingScopeError } from '../../../shared/domain/values/errors.ts'

/**
 * Whom a caller may ask about: `check` and operators about all, a user about itself, and, with `user.read`, about anybody
 * of its customer.
 */
export type Scope = {
  onlyUser?: string
  /** The caller is an enforcement point, which lets its user do what is allowed. */
  enforces?: true
}

/** Names the scope, so that a page's token is good for no other. */
export const scopeName = ({ onlyUser, enforces }: Scope): string =>
  onlyUser ?? (enforces ? 'check' : 'operator')

export type NamedSubject = { type: string; id: string }

export function subjectOf({ type, id }: NamedSubject): Subject | undefined {
  if (type === 'user') return { userId: id }
  return type === 'user_email' ? { email: id } : undefined
}

export function isAboutItself({ type, id }: NamedSubject, { user }: Facts): boolean {
  if (!user) return false
  return (type === 'user' && id === user.id) || (type === 'user_email' && parseEmail(id) === user.email)
}

/** `facts` are about the caller. */
export function maySeeOthers(facts: Facts): boolean {
  const ref = { type: 'customer', id: facts.customer?.id ?? '' }
  return decide({ ...facts, resource: undefined }, 'user.read', ref).allowed
}

export const aboutItselfOnly = () =>
  new MissingScopeError('check', 'A user may ask about itself only, or needs user.read.')
