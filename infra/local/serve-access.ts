import type { Hono } from 'hono'
import type { createAccess } from '../../functions/access/access.ts'
import { DomainError } from '../../shared/domain/values/errors.ts'
import { bodyLimit, readBody } from '../../shared/http/request/body-limit.ts'

/** Serves the decision point over HTTP as API Gateway does: a request becomes an event of the payload format 2.0. */
export function serveAccess(access: ReturnType<typeof createAccess>): Pick<Hono, 'fetch'> {
  return {
    fetch: async (request) => {
      const { pathname, search } = new URL(request.url)
      const { statusCode, headers, body } = await access({
        rawPath: pathname,
        rawQueryString: search.slice(1),
        headers: Object.fromEntries(request.headers),
        body: (await bytesOf(request)).toString('base64'),
        isBase64Encoded: true,
        requestContext: { http: { method: request.method } },
      })
      const isEmpty = statusCode === 204 || statusCode === 304
      return new Response(isEmpty ? null : body, { status: statusCode, headers })
    },
  }
}

/** Not more of a body than it takes to refuse it; of one that breaks off, none. */
async function bytesOf(request: Request): Promise<Buffer> {
  try {
    return Buffer.from(await readBody(request))
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return Buffer.alloc(error.code === 'too-large' ? bodyLimit + 1 : 0)
  }
}
