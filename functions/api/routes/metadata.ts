import { Hono } from 'hono'
import { isId } from '../../../shared/domain/id.ts'
import type { ApiDeps, ApiEnv } from '../deps.ts'
import { notFound } from '../refusal.ts'

/** What callers may find out before they have a token. */
export function metadataRoutes({ publicUrl, issuer, customerIdPattern }: ApiDeps) {
  const routes = new Hono<ApiEnv>()

  /** RFC 9728, section 3. */
  routes.get('/oauth-protected-resource', (c) =>
    c.json({
      resource: publicUrl,
      authorization_servers: [issuer],
      bearer_methods_supported: ['header'],
      scopes_supported: ['operator', 'check'],
      resource_name: 'Latchkey',
    }),
  )

  /** AuthZEN 1.0, section 9: of every customer there could be, without looking it up. */
  routes.get('/authzen-configuration/v1/customers/:c', (c) => {
    const customerId = c.req.param('c')
    if (!isId(customerId) || !customerIdPattern.test(customerId)) throw notFound('decision point')
    const decisionPoint = `${publicUrl}/v1/customers/${customerId}`
    return c.json({
      policy_decision_point: decisionPoint,
      access_evaluation_endpoint: `${decisionPoint}/access/v1/evaluation`,
      access_evaluations_endpoint: `${decisionPoint}/access/v1/evaluations`,
    })
  })

  return routes
}
