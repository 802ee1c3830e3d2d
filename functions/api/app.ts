import { Hono } from 'hono'
import { accessLog } from '../../shared/http/access-log.ts'
import { limitHead } from '../../shared/http/head-limit.ts'
import { notFound } from '../../shared/http/on-problem.ts'
import { requestId } from '../../shared/http/request-id.ts'
import { answerError } from './answer-error.ts'
import type { ApiDeps, ApiEnv } from './deps.ts'
import { echoRequestId } from './routes/decisions.ts'
import { routes } from './routes/index.ts'

export type { ApiDeps } from './deps.ts'

/** The directory over HTTP. */
export function createApi(deps: ApiDeps) {
  const { log, now } = deps
  const app = new Hono<ApiEnv>()
  app.use('/v1/customers/:c/access/v1/*', echoRequestId)
  app.use(requestId(), accessLog(log, now), limitHead)
  app.onError(answerError(deps))
  app.notFound(notFound)
  for (const { method, path, handle } of routes) {
    app.on(method.toUpperCase(), path.replaceAll(/\{(\w+)\}/g, ':$1'), (c) => handle(deps, c))
  }
  return app
}
