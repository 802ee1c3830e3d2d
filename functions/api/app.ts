import { Hono } from 'hono'
import { accessLog } from '../../shared/http/access-log.ts'
import { setCommonHeaders } from '../../shared/http/common-headers.ts'
import { cors } from '../../shared/http/cors.ts'
import { limitHead } from '../../shared/http/head-limit.ts'
import { methodsOfRoutes, onNoRoute } from '../../shared/http/methods.ts'
import { requestId } from '../../shared/http/request-id.ts'
import { answerError } from './answer-error.ts'
import { respondInShape } from './decisions/errors.ts'
import type { ApiDeps, ApiEnv } from './deps.ts'
import { echoRequestId } from './routes/decisions.ts'
import { routes } from './routes/index.ts'

export type { ApiDeps } from './deps.ts'

/** The directory over HTTP. */
export function createApi(deps: ApiDeps) {
  const { log, now, corsOrigins = [] } = deps
  const app = new Hono<ApiEnv>()
  const methodsOf = methodsOfRoutes(routes)
  app.use(echoRequestId, requestId(), accessLog(log, now), setCommonHeaders('Authorization'))
  app.use(limitHead, cors(corsOrigins, methodsOf))
  app.onError(answerError(deps))
  app.notFound(onNoRoute(methodsOf, respondInShape))
  for (const { method, path, handle } of routes) {
    app.on(method.toUpperCase(), path.replaceAll(/\{(\w+)\}/g, ':$1'), (c) => handle(deps, c))
  }
  return app
}
