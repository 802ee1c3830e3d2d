import type { DomainError } from '../domain/values/errors.ts'
import type { Instant } from '../domain/values/instant.ts'
import type { Key } from './keys.ts'

/** An item as it is stored: its key, what it says, and a version that every write raises. */
export type Item = Key & { version: number } & Record<string, unknown>

/** What a reader returns: an entity together with the version it was read at. */
export type Versioned<T> = T & { readonly version: number }

/** The version that an item must still have for a write to happen; `absent`: no such item may exist. */
export type Version = number | 'absent'

/** An entity as a write expects it: at a version, or not stored yet. */
export type Expected<T> = T & { readonly version: Version }

/** The version at which an item was read; `absent` if there was none. */
export const versionOf = (item: { readonly version: Version } | undefined): Version =>
  item?.version ?? 'absent'

/** The version that the item has after a write. */
export const nextVersion = (version: Version): number => (version === 'absent' ? 1 : version + 1)

/**
 * One item of a transaction with its condition: it still is as it was read. `means` is the refusal when it isn't;
 * without it the change is stale and planned again. A `touch` has none: it says something of an item whatever else is
 * said of it, and raises its version.
 */
export type Write =
  /** `isNoChange`: the version stays, so that nobody's plan is stale by it; one that was read before may take it back. */
  | {
      put: Key & Record<string, unknown>
      expectedVersion: Version
      onConflict?: DomainError
      isNoChange?: true
    }
  | { remove: Key; expectedVersion: Version; onConflict?: DomainError; until?: Deadline }
  | { check: Key; expectedVersion: Version; onConflict?: DomainError; until?: Deadline }
  | { touch: Key; with: UnconditionalUpdate }

/**
 * From that time on a transaction isn't sent any more. DynamoDB has no clock, so it is ours, looked at before every attempt:
 * neither waiting for a conflict to pass nor planning carries a change past a deadline.
 */
export type Deadline = { at: Instant; onConflict: DomainError }

/** Attributes to set; `kept` only where they aren't there yet. */
export type UnconditionalUpdate = {
  set: Record<string, string | number>
  /** By attribute: another one whose value it takes if that is there, and what it is otherwise. */
  kept?: Record<string, { like: string; otherwise: string }>
}
