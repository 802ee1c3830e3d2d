import type { Hono } from 'hono'
import type { LambdaContext } from 'hono/aws-lambda'
import type { HttpEvent } from '../../shared/http/gateway.ts'
import { behindGateway } from '../../shared/http/gateway.ts'
import type { ApiEnv } from './deps.ts'
import type { LambdaAnswer } from './fit-answer.ts'
import { fitAnswer } from './fit-answer.ts'

/** The app behind API Gateway. What is too large for Lambda is compressed, or said to be. */
export function toLambda(app: Hono<ApiEnv>) {
  const answer = behindGateway(app)
  return async (event: HttpEvent, context?: LambdaContext): Promise<LambdaAnswer> =>
    fitAnswer(await answer(event, context), event.headers['accept-encoding'] ?? '')
}
