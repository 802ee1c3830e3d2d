import type { ErrorHandler } from 'hono'
import { bearerChallenge } from '../../shared/http/challenge.ts'
import { onProblem } from '../../shared/http/on-problem.ts'
import { asRefusal } from '../../shared/table/refusal.ts'
import { respondInShape } from './decisions/errors.ts'
import type { ApiDeps } from './deps.ts'

/** Every error of the API's routes. */
export function answerError({ log, publicUrl }: Pick<ApiDeps, 'log' | 'publicUrl'>): ErrorHandler {
  const answer = onProblem(log, bearerChallenge(publicUrl), respondInShape)
  return (error, c) => answer(asRefusal(error), c)
}
