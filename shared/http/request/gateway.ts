import type { Env, Hono } from 'hono'
import { handle, type LambdaContext, type LambdaEvent } from 'hono/aws-lambda'
import { pathOfEvent } from './event-path.ts'

/** Payload format 2.0. */
export type HttpEvent = Extract<LambdaEvent, { rawPath: string }>

/**
 * The app behind an HTTP API of API Gateway. The body of a GET or HEAD is left out: it means nothing (RFC 9110, section
 * 9.3.1), and with it the adapter couldn't make a `Request` for the app.
 */
export function behindGateway<E extends Env>(app: Hono<E>) {
  const respond = handle(app)
  return (event: HttpEvent, context?: LambdaContext) => {
    const { method } = event.requestContext.http
    const isRead = method === 'GET' || method === 'HEAD'
    return respond(
      {
        ...event,
        rawPath: pathOfEvent(event),
        // The adapter pastes it into a URL, where a number sign would cut off the rest.
        rawQueryString: event.rawQueryString.replaceAll('#', '%23'),
        ...(isRead && { body: null }),
      },
      context,
    )
  }
}
