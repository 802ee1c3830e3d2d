import type { GrantSource } from '../../domain/entities/grant.ts'
import type { Actor } from '../../domain/values/actor.ts'

/** The source of a grant, by its author. */
export function grantSource({ kind }: Actor): GrantSource {
  if (kind === 'webhook' || kind === 'review') return kind
  return 'explicit'
}
