import type { ErrorCode } from '../domain/errors.ts'
import { DomainError } from '../domain/errors.ts'
import type { Version, Write } from '../table/item.ts'
import type { Key } from '../table/keys.ts'

/**
 * A refusal that only the present state makes: when the item `until` changes from the version it was read at, it may
 * be possible. A caller is told the refusal; a delivery waits for the item.
 */
export class Awaiting extends DomainError {
  override name = 'Awaiting'
  readonly until: Key
  readonly was: Version
  /** Written together with the wait, such as the marker of a revocation. */
  readonly alongside: Write[]

  constructor(code: ErrorCode, detail: string, until: Key, was: Version, alongside: Write[] = []) {
    super(code, detail)
    this.until = until
    this.was = was
    this.alongside = alongside
  }
}
