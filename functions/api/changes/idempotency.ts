import { hash } from 'node:crypto'
import type { Context } from 'hono'
import type { Principal } from '../../../shared/auth/tokens.ts'
import { isExpired } from '../../../shared/domain/entities/grant.ts'
import { DomainError } from '../../../shared/domain/values/errors.ts'
import { addMilliseconds, instantOf } from '../../../shared/domain/values/instant.ts'
import { type Version, versionOf, type Write } from '../../../shared/table/item.ts'
import type { ApiDeps, ApiEnv } from '../authorization/deps.ts'
import type { ChangeResponse } from './change-definition.ts'
import { type StoredResponse, storedResponseItem, findStoredResponse } from './idempotency-store.ts'

/** The response to the first request with this `Idempotency-Key`. */
export type IdempotencyStore = {
  /** Returns the first response, if there is one. Throws `idempotency-mismatch` if it was another request's. */
  find(): Promise<ChangeResponse | undefined>
  /** Writes to put first in the change's transaction: of two equal requests at once only one commits. */
  record(response: ChangeResponse): Write[]
}

const day = 24 * 3_600_000
const noStore: IdempotencyStore = { find: async () => undefined, record: () => [] }

/** Returns the store of the request's key, or one that stores nothing without a key and for a dry run. Throws `invalid-request`. */
export async function idempotencyStoreOf(
  deps: ApiDeps,
  c: Context<ApiEnv>,
  readBytes: () => Promise<Uint8Array>,
  dryRun: boolean,
): Promise<IdempotencyStore> {
  const key = c.req.header('idempotency-key')
  const actor = actorOf(c.get('principal'))
  if (key === undefined || dryRun || actor === undefined) return noStore
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) throw malformed()
  const bytes = await readBytes().catch(() => undefined)
  // A request whose body can't be read has no stored response; it fails where bodies are parsed.
  return bytes ? storing(deps, actor, key, fingerprintOf(c, bytes)) : noStore
}

function storing({ table, now }: ApiDeps, actor: string, key: string, fingerprint: string): IdempotencyStore {
  let expectedVersion: Version = 'absent'
  return {
    async find() {
      const found = await findStoredResponse(table, actor, key)
      expectedVersion = versionOf(found)
      if (!found || isExpired(found, instantOf(now()))) return undefined
      if (found.fingerprint !== fingerprint) throw mismatch()
      return found
    },
    record({ status, body, etag, location }) {
      const expiresAt = addMilliseconds(instantOf(now()), day)
      const stored: StoredResponse = { fingerprint, status, body, etag, location, expiresAt }
      return [{ put: storedResponseItem(actor, key, stored), expectedVersion }]
    },
  }
}

/** Undefined for callers who can't change anything. */
function actorOf(principal: Principal): string | undefined {
  const { kind } = principal
  if (kind === 'operator') return digest([kind, principal.id])
  return kind === 'login' ? digest([kind, principal.issuer, principal.subject]) : undefined
}

const digest = (parts: string[]) => hash('sha256', JSON.stringify(parts), 'base64url')

function fingerprintOf({ req }: Context, body: Uint8Array): string {
  const head = Buffer.from(`${JSON.stringify([req.method, req.path])}\n`)
  return hash('sha256', Buffer.concat([head, body]), 'base64url')
}

function malformed(): DomainError {
  const detail = 'must be 1 to 255 visible ASCII characters'
  return new DomainError('invalid-request', `The header Idempotency-Key ${detail}.`, [
    { pointer: 'Idempotency-Key', detail },
  ])
}

function mismatch(): DomainError {
  return new DomainError(
    'idempotency-mismatch',
    'This Idempotency-Key was used with another method, path or body.',
  )
}
