import type { Context } from 'hono'
import { tagOf } from '../tag.ts'

/** What a change is answered, in the form in which it can be given again. */
export type Answer = {
  status: 200 | 201 | 204
  body?: string | undefined
  etag?: string | undefined
  location?: string | undefined
}

/** With the ETag that a GET that follows gives. */
export function answerWith(status: 200 | 201, shown: object, location?: string): Answer {
  return { status, body: JSON.stringify(shown), etag: tagOf(shown), location }
}

export function give(c: Context, { status, body, etag, location }: Answer): Response {
  const headers: Record<string, string> = {}
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  if (etag !== undefined) headers.ETag = etag
  if (location !== undefined) headers.Location = location
  return c.newResponse(body ?? null, status, headers)
}
