import type { Env, Hono } from 'hono'
import { handle, type LambdaContext, type LambdaEvent } from 'hono/aws-lambda'
import { isPlainPath, routablePath } from './plain-path.ts'

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
        rawPath: pathOf(event),
        // The adapter pastes it into a URL, where a number sign would cut off the rest.
        rawQueryString: event.rawQueryString.replaceAll('#', '%23'),
        ...(isRead && { body: null }),
      },
      context,
    )
  }
}

/**
 * An HTTP API decodes the path, up to twice, and cuts it at a question mark that appears: `rawPath` of `/servers/web%23old`
 * is `/servers/web#old`, and of `/servers/web%3Fold` it is `/servers/web`. The part cut off may still be in the parameters.
 */
function pathOf({ rawPath, pathParameters }: HttpEvent): string {
  if (!isPlainPath(rawPath)) return routablePath(rawPath)
  const whole = withoutSlashes(rawPath)
  const cut = Object.values(pathParameters ?? {}).find(
    // The only parameter of each of our routes is the end of the path.
    (value) => value !== undefined && !`/${whole}`.endsWith(`/${withoutSlashes(value)}`),
  )
  return cut === undefined ? rawPath : routablePath(`${rawPath}?${cut}`)
}

const withoutSlashes = (path: string): string => path.replaceAll(/^\/|\/$/g, '')
