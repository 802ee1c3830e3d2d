import type { Hono } from 'hono'
import type { LambdaContext, LambdaEvent } from 'hono/aws-lambda'
import { handle } from 'hono/aws-lambda'
import type { ApiEnv } from './deps.ts'
import type { LambdaAnswer } from './fit-answer.ts'
import { fitAnswer } from './fit-answer.ts'

/** Payload format 2.0. */
type HttpEvent = Extract<LambdaEvent, { rawPath: string }>

/**
 * The app behind API Gateway. There can be no `Request` of a GET or HEAD with a body, which the app then was never asked;
 * such a body means nothing (RFC 9110, section 9.3.1), so that it is left out. What is too large for Lambda is compressed, or
 * said to be.
 */
export function toLambda(app: Hono<ApiEnv>) {
  const answer = handle(app)
  return async (event: HttpEvent, context?: LambdaContext): Promise<LambdaAnswer> => {
    const { method } = event.requestContext.http
    const isRead = method === 'GET' || method === 'HEAD'
    const answered = await answer(isRead ? { ...event, body: null } : event, context)
    return fitAnswer(answered, event.headers['accept-encoding'] ?? '')
  }
}
