import type { ErrorHandler } from 'hono'
import { onProblem } from '../../shared/http/on-problem.ts'
import { asRefusal } from '../../shared/table/refusal.ts'
import type { ApiDeps } from './deps.ts'

/** Every error of the API's routes; `respond` as for `onProblem`. */
export function answerError(
  { log, publicUrl }: Pick<ApiDeps, 'log' | 'publicUrl'>,
  respond?: Parameters<typeof onProblem>[2],
): ErrorHandler {
  const answer = onProblem(log, publicUrl, respond)
  return (error, c) => answer(asRefusal(error), c)
}
