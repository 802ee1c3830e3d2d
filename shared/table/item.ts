import type { DomainError } from '../domain/values/errors.ts'
import type { Instant } from '../domain/values/instant.ts'
import type { Key } from './keys.ts'

/** An item as it is stored: its key, its attributes, and a version that every write increments. */
export type Item = Key & { version: number } & Record<string, unknown>

/** An entity as a reader returns it, with the version at which it was read. */
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
 * One write of a transaction, on the condition that its item still has the expected version. If it hasn't, the
 * transaction fails with `onConflict`; without one, the change is stale and has to be planned again. An `update` has no
 * condition: it updates the item whatever its version, and increments that.
 */
export type Write =
  /**
   * `isNoChange`: the version stays, so that no concurrent plan becomes stale; a plan made before may undo the write.
   * `timedBy`: an attribute that gets the time at which the transaction is sent, which planning and retries may delay.
   */
  | {
      put: Key & Record<string, unknown>
      expectedVersion: Version
      onConflict?: DomainError
      isNoChange?: true
      timedBy?: string
    }
  | { remove: Key; expectedVersion: Version; onConflict?: DomainError; until?: Deadline }
  | { check: Key; expectedVersion: Version; onConflict?: DomainError; until?: Deadline }
  | { update: Key; with: UnconditionalUpdate }

/**
 * The time from which a transaction is no longer sent. DynamoDB has no clock, so ours is checked before every
 * attempt: neither retries nor planning again carry a change past a deadline.
 */
export type Deadline = { at: Instant; onConflict: DomainError }

/** Attributes to set; those in `kept` only if they aren't set yet. */
export type UnconditionalUpdate = {
  set: Record<string, string | number>
  /** For each attribute: another attribute whose value it takes, or the value if that isn't set. */
  kept?: Record<string, { like: string; otherwise: string }>
}
