import type { Hono } from 'hono'
import type { createAccess } from '../../functions/access/access.ts'

/** Serves the decision point over HTTP as API Gateway does: a request becomes an event of the payload format 2.0. */
export function serveAccess(access: ReturnType<typeof createAccess>): Pick<Hono, 'fetch'> {
  return {
    fetch: async (request) => {
      const { pathname, search } = new URL(request.url)
      const bytes = Buffer.from(await request.arrayBuffer())
      const { statusCode, headers, body } = await access({
        rawPath: pathname,
        rawQueryString: search.slice(1),
        headers: Object.fromEntries(request.headers),
        body: bytes.toString('base64'),
        isBase64Encoded: true,
        requestContext: { http: { method: request.method } },
      })
      const isEmpty = statusCode === 204 || statusCode === 304
      return new Response(isEmpty ? null : body, { status: statusCode, headers })
    },
  }
}
