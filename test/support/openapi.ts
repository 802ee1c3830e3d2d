import type { Env, Hono } from 'hono'
import { documentedRoutes as routes } from '../../infra/openapi/documented.ts'
import { createDocument } from '../../infra/openapi/document.ts'
import { createResponseValidator, type Exchange, type ResponseValidator } from './openapi-validator.ts'

let violationsOf: ResponseValidator | undefined

/** Throws where an answer isn't as the document says, with every reason. */
export function checkResponse(exchange: Exchange): void {
  violationsOf ??= createResponseValidator(createDocument(routes))
  const violations = violationsOf(exchange)
  if (violations.length > 0) throw new Error(`outside of the OpenAPI document:\n${violations.join('\n')}`)
}

/** From here on a request to the app fails if its answer isn't as the document says. */
export function checkEveryResponse<E extends Env>(app: Hono<E>): void {
  const { fetch } = app
  app.fetch = async (request, ...rest) => {
    const response = await fetch(request, ...rest)
    const { method, url } = request
    const { status, headers } = response
    checkResponse({ method, path: url, status, headers, text: await response.clone().text() })
    return response
  }
}
