import { findUserOfLogin } from '../../shared/directory/logins/find-login.ts'
import { DomainError } from '../../shared/domain/values/errors.ts'
import { instantOf } from '../../shared/domain/values/instant.ts'
import { recordSeen } from '../../shared/usage/record-usage.ts'
import type { AccessDeps, Scope } from './deps.ts'

/** Throws `unauthenticated` without a valid token, `forbidden` or `not-found` for one that is nobody's at the customer. */
export async function scopeOf(
  deps: AccessDeps,
  customerId: string,
  authorization: string | undefined,
): Promise<Scope> {
  const principal = await deps.verifyToken(authorization)
  if (principal.kind === 'operator') return {}
  if (principal.kind === 'check') return { enforces: true }
  if (principal.kind !== 'login') throw new DomainError('forbidden', 'The access token stands for no user.')
  const userId = await findUserOfLogin(deps.reads, customerId, principal, instantOf(deps.now()))
  if (userId === undefined) throw new DomainError('not-found', 'There is no such customer.')
  recordSeen(deps, { customerId, id: userId })
  return { userId }
}
