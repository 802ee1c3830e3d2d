import { DomainError } from '../domain/values/errors.ts'

// As in `shared/runtime/sha256.ts`.
const { createCipheriv, createDecipheriv, createHmac } = process.getBuiltinModule('node:crypto')

/**
 * Cursors that callers can keep but neither make nor read: a position in a list, bound to a text that names the list (the
 * customer and the query). Encrypted, because a filtered list may stop at an item that the caller may not see.
 */
export type CursorCodec = {
  seal(binding: string, position: Record<string, string>): string
  /** Throws `invalid-request` for a text that wasn't sealed with this secret and binding. */
  open(binding: string, cursor: string): Record<string, string>
}

const cipherName = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16
const maxCursorLength = 8192

/** `secret` is a random text of at least 16 characters, the same for every process that serves the lists. */
export function createCursorCodec(secret: string): CursorCodec {
  if (secret.length < 16) throw new Error('the cursor secret must have at least 16 characters')
  const derived = (purpose: string) => createHmac('sha256', secret).update(purpose)
  const key = derived('cursor key').digest()
  /** Derived from list and position (as in RFC 5297), so that no two positions share a nonce. */
  const nonceOf = (binding: string, position: Uint8Array) =>
    derived(`cursor:${Buffer.byteLength(binding)}:${binding}:`)
      .update(position)
      .digest()
      .subarray(0, nonceBytes)
  return {
    seal(binding, position) {
      const bytes = Buffer.from(JSON.stringify(position))
      const nonce = nonceOf(binding, bytes)
      const cipher = createCipheriv(cipherName, key, nonce).setAAD(Buffer.from(binding))
      const sealed = Buffer.concat([cipher.update(bytes), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
    },
    open(binding, cursor) {
      if (cursor.length > maxCursorLength) throw invalid()
      const bytes = Buffer.from(cursor, 'base64url')
      const [nonce, tag] = [bytes.subarray(0, nonceBytes), bytes.subarray(nonceBytes, nonceBytes + tagBytes)]
      const sealed = bytes.subarray(nonceBytes + tagBytes)
      // Node skips characters that aren't base64url, so several texts decode alike; only the one that was sealed is accepted.
      if (sealed.length === 0 || bytes.toString('base64url') !== cursor) throw invalid()
      const decipher = createDecipheriv(cipherName, key, nonce, { authTagLength: tagBytes })
      decipher.setAAD(Buffer.from(binding)).setAuthTag(tag)
      const position = decipher.update(sealed)
      try {
        decipher.final()
      } catch {
        throw invalid()
      }
      return positionOf(position.toString())
    },
  }
}

function positionOf(json: string): Record<string, string> {
  const position: unknown = JSON.parse(json)
  return Object.fromEntries(Object.entries(position ?? {}).map(([name, value]) => [name, String(value)]))
}

function invalid(): DomainError {
  return new DomainError('invalid-request', 'The cursor is not one of this list.', [
    { pointer: 'cursor', detail: 'must be the nextCursor of a page of the same list' },
  ])
}
