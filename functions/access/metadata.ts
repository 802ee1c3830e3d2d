import { DomainError } from '../../shared/domain/values/errors.ts'
import { isId } from '../../shared/domain/values/id.ts'
import type { AccessDeps } from './caller/deps.ts'

/** AuthZEN 1.0, section 9: for any possible customer, without looking it up. Throws `not-found`. */
export function metadataOf({ publicUrl, customerIdPattern }: AccessDeps, customerId: string) {
  if (!isId(customerId) || !customerIdPattern.test(customerId)) {
    throw new DomainError('not-found', 'There is no such decision point.')
  }
  const decisionPoint = `${publicUrl}/v1/customers/${customerId}`
  return {
    policy_decision_point: decisionPoint,
    access_evaluation_endpoint: `${decisionPoint}/access/v1/evaluation`,
    access_evaluations_endpoint: `${decisionPoint}/access/v1/evaluations`,
    search_subject_endpoint: `${decisionPoint}/access/v1/search/subject`,
    search_resource_endpoint: `${decisionPoint}/access/v1/search/resource`,
    search_action_endpoint: `${decisionPoint}/access/v1/search/action`,
  }
}
