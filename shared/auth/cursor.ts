import { createHmac, timingSafeEqual } from 'node:crypto'
import { DomainError } from '../domain/errors.ts'

/**
 * Cursors that callers can keep but not make: a position in a list, authenticated and bound to whatever text names the
 * list (the customer and the query). Not encrypted: a position holds nothing that the caller may not see.
 */
export type CursorCodec = {
  seal(binding: string, position: Record<string, string>): string
  /** Throws `invalid-request` for anything that wasn't sealed with this secret and binding. */
  open(binding: string, cursor: string): Record<string, string>
}

const tagBytes = 16
const maxCursorLength = 8192

/** `secret` is a random text of at least 16 characters, the same for every process that serves the lists. */
export function createCursorCodec(secret: string): CursorCodec {
  if (secret.length < 16) throw new Error('the cursor secret must have at least 16 characters')
  const tag = (binding: string, position: Uint8Array) =>
    createHmac('sha256', secret)
      .update(`cursor:${Buffer.byteLength(binding)}:${binding}:`)
      .update(position)
      .digest()
      .subarray(0, tagBytes)
  return {
    seal(binding, position) {
      const bytes = Buffer.from(JSON.stringify(position))
      return Buffer.concat([tag(binding, bytes), bytes]).toString('base64url')
    },
    open(binding, cursor) {
      const bytes = Buffer.from(cursor.slice(0, maxCursorLength), 'base64url')
      const position = bytes.subarray(tagBytes)
      // Node skips what isn't base64url, so several texts decode alike; only the one that was given out is accepted.
      if (bytes.length <= tagBytes || bytes.toString('base64url') !== cursor) throw invalid()
      if (!timingSafeEqual(bytes.subarray(0, tagBytes), tag(binding, position))) throw invalid()
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
