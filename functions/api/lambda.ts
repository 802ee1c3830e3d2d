import type { Hono } from 'hono'
import type { LambdaContext, LambdaEvent } from 'hono/aws-lambda'
import { handle } from 'hono/aws-lambda'
import type { ApiEnv } from './deps.ts'

/** Payload format 2.0. */
type HttpEvent = Extract<LambdaEvent, { rawPath: string }>

/**
 * The app behind API Gateway. There can be no `Request` of a GET or HEAD with a body, which the app then was never asked;
 * such a body means nothing (RFC 9110, section 9.3.1), so that it is left out.
 */
export function toLambda(app: Hono<ApiEnv>) {
  const answer = handle(app)
  return (event: HttpEvent, context?: LambdaContext) => {
    const { method } = event.requestContext.http
    const isRead = method === 'GET' || method === 'HEAD'
    return answer(isRead ? { ...event, body: null } : event, context)
  }
}
