import type { Actor } from '../domain/actor.ts'
import type { GrantSource } from '../domain/grant.ts'

/** Where a grant comes from, by who gave it. */
export function grantSource({ kind }: Actor): GrantSource {
  if (kind === 'webhook' || kind === 'review') return kind
  return 'explicit'
}
