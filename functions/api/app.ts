import { Hono } from 'hono'
import { accessLog } from '../../shared/http/access-log.ts'
import { notFound, onProblem } from '../../shared/http/on-problem.ts'
import { requestId } from '../../shared/http/request-id.ts'
import { authenticate } from './authenticate.ts'
import { createGuards } from './authorize.ts'
import type { ApiDeps, ApiEnv } from './deps.ts'
import { customerRoutes } from './routes/customers.ts'
import { decisionRoutes, echoRequestId } from './routes/decisions.ts'
import { deliveryRoutes } from './routes/deliveries.ts'
import { eventRoutes } from './routes/events.ts'
import { exportRoutes } from './routes/export.ts'
import { meRoutes } from './routes/me.ts'
import { metadataRoutes } from './routes/metadata.ts'
import { projectRoutes } from './routes/projects.ts'
import { serverRoutes } from './routes/servers.ts'
import { userRoutes } from './routes/users.ts'

export type { ApiDeps } from './deps.ts'

const decisionPoint = '/v1/customers/:c/access/v1'

/** The directory over HTTP: who is asking → may they → read → show. */
export function createApi(deps: ApiDeps) {
  const { log, now, publicUrl } = deps
  const app = new Hono<ApiEnv>()
  app.use(`${decisionPoint}/*`, echoRequestId)
  app.use(requestId(), accessLog(log, now))
  app.onError(onProblem(log, publicUrl))
  app.notFound(notFound)

  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  app.route('/.well-known', metadataRoutes(deps))
  // Before the rest, whose errors are problem details.
  app.route(decisionPoint, decisionRoutes(deps))
  app.route('/v1', resourceRoutes(deps))
  return app
}

function resourceRoutes(deps: ApiDeps) {
  const guards = createGuards(deps)
  const routes = new Hono<ApiEnv>()
  routes.use(authenticate(deps))
  routes.route('/me', meRoutes(deps))
  routes.route('/deliveries', deliveryRoutes(deps))
  routes.route('/customers', customerRoutes(deps, guards))
  routes.route('/customers/:c/users', userRoutes(deps, guards))
  routes.route('/customers/:c/projects', projectRoutes(deps, guards))
  routes.route('/customers/:c/servers', serverRoutes(deps, guards))
  routes.route('/customers/:c/events', eventRoutes(deps, guards))
  routes.route('/customers/:c/export', exportRoutes(deps, guards))
  return routes
}
