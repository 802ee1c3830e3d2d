import { hash } from 'node:crypto'
import type { Context } from 'hono'
import { isNotModified, preconditionsOf } from './preconditions.ts'

/** A strong ETag (RFC 9110, section 8.8.3): equal for equal JSON, in whatever order its fields are. */
export function etagOf(value: unknown): string {
  return `"${hash('sha256', canonicalJson(value), 'base64url').slice(0, 32)}"`
}

/** `etagged`: the part of a resource that its ETag covers; `isWhole`: whether the rest is the same whenever that part is. */
type Etagged = { etagged: object; isWhole: boolean }

/**
 * Responds to a GET with the resource and its ETag, or with 304 if the caller has it. Throws `invalid-request` for malformed
 * preconditions, `stale` for those that aren't met.
 */
export function respondWithEtag(
  c: Context,
  resource: object,
  { etagged, isWhole }: Etagged = { etagged: resource, isWhole: true },
): Response {
  const etag = etagOf(etagged)
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
