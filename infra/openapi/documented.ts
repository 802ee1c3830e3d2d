import type { RuleFields } from '../../functions/api/authorization/access-rule.ts'
import { routes } from '../../functions/api/routes.ts'
import type { Route, RouteResponse } from '../../functions/api/routing/route.ts'
import { parts, representations } from '../../functions/api/schemas.ts'
import { accessRoutes } from './access/routes.ts'
import { accessBodies, accessParts } from './access/schema.ts'

/** Schemas of all response bodies, by name. */
export const documentedBodies = { ...representations, ...accessBodies }
export type BodyName = keyof typeof documentedBodies
export const documentedParts = { ...parts, ...accessParts }

/** A route as the document shows it. */
export type DocumentedRoute = Omit<Route, 'handle' | 'right' | 'response'> & {
  /** `decision`: `check` and operators about everybody, users as their rights allow. */
  right: RuleFields | { kind: 'decision' }
  response: Omit<RouteResponse, 'schema'> & { schema?: BodyName }
  /** Errors are AuthZEN's JSON strings instead of problem details. */
  errors?: 'text'
}

const ofMetadata = accessRoutes.filter(({ method }) => method === 'get')
const ofDecisions = accessRoutes.filter(({ method }) => method === 'post')
const firstOfUsers = routes.findIndex(({ path }) => path === '/v1/me')
const firstOfDeliveries = routes.findIndex(({ path }) => path.startsWith('/v1/deliveries'))

/**
 * Every route of the HTTP API but that of the webhooks, of `functions/api` and of `functions/access`: what needs no token
 * first, what isn't a customer's last.
 */
export const documentedRoutes: readonly DocumentedRoute[] = [
  ...routes.slice(0, firstOfUsers),
  ...ofMetadata,
  ...routes.slice(firstOfUsers, firstOfDeliveries),
  ...ofDecisions,
  ...routes.slice(firstOfDeliveries),
]
