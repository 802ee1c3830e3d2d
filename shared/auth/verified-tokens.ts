import { sha256 } from '../runtime/sha256.ts'
import { freshFor } from './issuer-keys.ts'
import type { Principal } from './principal.ts'
import { hasExpired } from './token-times.ts'

/** A few hundred KB. */
const mostTokens = 1000

/**
 * Remembers whom a verified token stands for until it expires, by the token's hash, so that nothing in memory can be used in
 * its place. For ten minutes at most, as long as the issuer's keys: a key that was withdrawn verifies nothing for longer.
 */
export function createVerifiedTokens() {
  const kept = new Map<string, { principal: Principal; exp: number; at: number }>()

  return {
    find(token: string, now: Date): Principal | undefined {
      const key = sha256(token)
      const found = kept.get(key)
      if (!found) return undefined
      kept.delete(key)
      const age = now.getTime() - found.at
      if (hasExpired(found.exp, now) || age >= freshFor || age < 0) return undefined
      // The one used last comes last.
      kept.set(key, found)
      return found.principal
    },
    keep(token: string, principal: Principal, exp: number, now: Date): void {
      const [eldest] = kept.keys()
      if (kept.size >= mostTokens && eldest !== undefined) kept.delete(eldest)
      kept.set(sha256(token), { principal, exp, at: now.getTime() })
    },
  }
}
