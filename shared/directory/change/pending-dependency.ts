import { DomainError, type ErrorCode } from '../../domain/values/errors.ts'
import type { Version, Write } from '../../table/item.ts'
import type { Key } from '../../table/keys.ts'

/**
 * The item that a delivery waits for, at the version it was read at. `put` is stored there: a placeholder where no
 * item was, so that its later creation is a modification and creations need to trigger nobody; or the claim with the
 * facts of the waiting delivery.
 */
type Dependency = {
  key: Key
  expectedVersion: Version
  put?: (Key & Record<string, unknown>) | undefined
}

/**
 * A denial that only the present state causes: a change of the dependency may end it. The API returns it as an error;
 * a delivery waits for the item.
 */
export class PendingDependency extends DomainError {
  override name = 'PendingDependency'
  readonly dependency: Dependency
  /** Writes that go with the wait, such as the record of a waiting revocation. */
  readonly alongside: Write[]

  constructor(code: ErrorCode, detail: string, dependency: Dependency, alongside: Write[] = []) {
    super(code, detail)
    this.dependency = dependency
    this.alongside = alongside
  }

  /**
   * The condition that the item is unchanged: without it, a change between the read and the wait would trigger
   * nobody.
   */
  get condition(): Write {
    const { key, expectedVersion, put } = this.dependency
    return put ? { put, expectedVersion } : { check: key, expectedVersion }
  }
}
