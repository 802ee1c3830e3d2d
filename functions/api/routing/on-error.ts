import type { ErrorHandler } from 'hono'
import { bearerChallenge } from '../../../shared/http/response/challenge.ts'
import { onProblem } from '../../../shared/http/response/on-problem.ts'
import { asDomainError } from '../../../shared/table/aws-errors.ts'
import type { ApiDeps } from '../authorization/deps.ts'
import { respondInShape } from './error-shape.ts'

/** Responds to every error of the API's routes. */
export function onApiError({ log, publicUrl }: Pick<ApiDeps, 'log' | 'publicUrl'>): ErrorHandler {
  const respond = onProblem(log, bearerChallenge(publicUrl), respondInShape)
  return (error, c) => respond(asDomainError(error), c)
}
