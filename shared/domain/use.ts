import type { GrantedResource } from './grant.ts'
import type { Level } from './role.ts'

/** A calendar day in UTC, `2026-11-27`. */
export type Day = string

/** Somebody has made use of what they hold on something, at this level. */
export type Use = { customerId: string; userId: string; resource: GrantedResource; level: Level }

/** The last day on which each level was made use of. */
export type LastUse = Partial<Record<Level, Day>>
