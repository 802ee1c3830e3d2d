import type { GrantSource } from '../../domain/entities/grant.ts'
import type { Actor } from '../../domain/values/actor.ts'

/** Where a grant comes from, by who gave it. */
export function grantSource({ kind }: Actor): GrantSource {
  if (kind === 'webhook' || kind === 'review') return kind
  return 'explicit'
}
