import { Hono } from 'hono'
import { limitHead } from '../../shared/http/request/head-limit.ts'
import { requestId } from '../../shared/http/request/request-id.ts'
import { accessLog } from '../../shared/http/response/access-log.ts'
import { setCommonHeaders } from '../../shared/http/response/common-headers.ts'
import { cors } from '../../shared/http/response/cors.ts'
import { methodsOfRoutes, onNoRoute } from '../../shared/http/response/methods.ts'
import type { ApiDeps, ApiEnv } from './authorization/deps.ts'
import { routes } from './routes.ts'
import { echoRequestId, respondInShape } from './routing/error-shape.ts'
import { onApiError } from './routing/on-error.ts'

export type { ApiDeps } from './authorization/deps.ts'

/** The directory over HTTP. */
export function createApi(deps: ApiDeps) {
  const { log, now, corsOrigins = [] } = deps
  const app = new Hono<ApiEnv>()
  const methodsOf = methodsOfRoutes(routes)
  app.use(echoRequestId, requestId(), accessLog(log, now), setCommonHeaders('Authorization'))
  app.use(limitHead, cors(corsOrigins, methodsOf))
  app.onError(onApiError(deps))
  app.notFound(onNoRoute(methodsOf, respondInShape))
  for (const { method, path, handle } of routes) {
    app.on(method.toUpperCase(), path.replaceAll(/\{(\w+)\}/g, ':$1'), (c) => handle(deps, c))
  }
  return app
}
