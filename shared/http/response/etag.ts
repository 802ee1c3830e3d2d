import { hash } from 'node:crypto'
import type { Context } from 'hono'
import { isNotModified, preconditionsOf } from './preconditions.ts'

/** A strong ETag (RFC 9110, section 8.8.3): equal for equal JSON, in whatever order its fields are. */
export function etagOf(value: unknown): string {
  return `"${hash('sha256', canonicalJson(value), 'base64url').slice(0, 32)}"`
}

/** `tagged`: the part of a resource that its ETag covers; `isWhole`: whether the rest is known to be the same then. */
export type Tagged = { tagged: object; isWhole: boolean }

/**
 * Answers a GET with the resource and its ETag, or 304 if the caller has it. Throws `invalid-request` or `stale` as its
 * preconditions say.
 */
export function respondWithEtag(
  c: Context,
  resource: object,
  { tagged, isWhole }: Tagged = { tagged: resource, isWhole: true },
): Response {
  const etag = etagOf(tagged)
  const isKnown = isNotModified(preconditionsOf(c), { etag }, { isWhole })
  c.header('ETag', etag)
  return isKnown ? c.body(null, 304) : c.json(resource)
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
