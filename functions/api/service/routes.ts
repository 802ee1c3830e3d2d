import { isId } from '../../../shared/domain/values/id.ts'
import { anybody } from '../authorization/access-rule.ts'
import { notFound } from '../authorization/denial.ts'
import { parameter } from '../authorization/request-context.ts'
import { custom } from '../routing/read-routes.ts'
import type { Route } from '../routing/route.ts'
import type { Representation } from '../schemas.ts'

/** Seconds for which anybody may cache a response that changes with a deployment, or with a key. */
const documentMaxAge = 300
const metadataMaxAge = 3600

/** Routes for callers without a token. */
export const serviceRoutes: readonly Route[] = [
  custom({
    method: 'get',
    path: '/healthz',
    id: 'checkHealth',
    summary: 'Is it up?',
    right: anybody,
    response: { status: 200, schema: 'health' },
    respond: ({ c }) => c.json({ status: 'ok' } satisfies Representation<'health'>),
  }),
  custom({
    method: 'get',
    path: '/openapi.json',
    id: 'readOpenApi',
    summary: 'This document',
    right: anybody,
    response: { status: 200, schema: 'openApi', maxAge: documentMaxAge },
    respond: async ({ c, deps }) =>
      c.body(await deps.openApi(), 200, { 'Content-Type': 'application/json; charset=UTF-8' }),
  }),
  /** RFC 9728, section 3. */
  custom({
    method: 'get',
    path: '/.well-known/oauth-protected-resource',
    id: 'readProtectedResource',
    summary: 'Where access tokens come from (RFC 9728)',
    right: anybody,
    response: { status: 200, schema: 'protectedResource', maxAge: metadataMaxAge },
    respond: ({ c, deps: { audience, issuer } }) =>
      c.json({
        // Exactly the audience of the tokens, which clients send as `resource` (RFC 8707).
        resource: audience,
        authorization_servers: [issuer],
        bearer_methods_supported: ['header'],
        scopes_supported: ['operator', 'check'],
        resource_name: 'Latchkey',
      } satisfies Representation<'protectedResource'>),
  }),
  custom({
    method: 'get',
    path: '/.well-known/jwks.json',
    id: 'readReportKeys',
    summary: 'The public keys that reports are signed with (RFC 7517)',
    right: anybody,
    response: { status: 200, schema: 'reportKeys', maxAge: documentMaxAge },
    respond: async ({ c, deps }) =>
      c.json((await deps.reportKeys.jwks()) satisfies Representation<'reportKeys'>),
  }),
  /** AuthZEN 1.0, section 9: for any possible customer, without looking it up. */
  custom({
    method: 'get',
    path: '/.well-known/authzen-configuration/v1/customers/{c}',
    id: 'readDecisionPoint',
    summary: "Where a customer's decisions are asked for (AuthZEN 1.0)",
    right: anybody,
    response: { status: 200, schema: 'decisionPoint', maxAge: metadataMaxAge },
    respond: (call) => {
      const { publicUrl, customerIdPattern } = call.deps
      const customerId = parameter(call, 'c')
      if (!isId(customerId) || !customerIdPattern.test(customerId)) throw notFound('decision point')
      const decisionPoint = `${publicUrl}/v1/customers/${customerId}`
      return call.c.json({
        policy_decision_point: decisionPoint,
        access_evaluation_endpoint: `${decisionPoint}/access/v1/evaluation`,
        access_evaluations_endpoint: `${decisionPoint}/access/v1/evaluations`,
        search_subject_endpoint: `${decisionPoint}/access/v1/search/subject`,
        search_resource_endpoint: `${decisionPoint}/access/v1/search/resource`,
        search_action_endpoint: `${decisionPoint}/access/v1/search/action`,
      } satisfies Representation<'decisionPoint'>)
    },
  }),
]
