import { DomainError, type ErrorCode } from '../../domain/values/errors.ts'
import type { Version, Write } from '../../table/item.ts'
import type { Key } from '../../table/keys.ts'

/**
 * What is waited for: an item, at the version it was read at. What is `put` takes its place: where there was none, so that
 * what comes later is a modification and a mere creation needs to wake nobody; or with what the waiting one says of it.
 */
export type Dependency = {
  key: Key
  expectedVersion: Version
  put?: (Key & Record<string, unknown>) | undefined
}

/**
 * A refusal that only the present state makes: when the awaited item changes, it may be possible. A caller is told the
 * refusal; a delivery waits for the item.
 */
export class PendingDependency extends DomainError {
  override name = 'Awaiting'
  readonly dependency: Dependency
  /** Written together with the wait, such as the word of a revocation. */
  readonly alongside: Write[]

  constructor(code: ErrorCode, detail: string, dependency: Dependency, alongside: Write[] = []) {
    super(code, detail)
    this.dependency = dependency
    this.alongside = alongside
  }

  /** Holds the item as it was read: without it, what comes between reading and waiting would wake nobody. */
  get hold(): Write {
    const { key, expectedVersion, put } = this.dependency
    return put ? { put, expectedVersion } : { check: key, expectedVersion }
  }
}
