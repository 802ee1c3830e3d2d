import type { Context, NotFoundHandler } from 'hono'
import { DomainError } from '../../domain/values/errors.ts'
import type { HttpEnv } from '../request/request-id.ts'
import { type Problem, problemOf, problemResponse } from './problem.ts'

/** Returns the methods of a path, in the order of `Allow`; none for a path without a route. */
export type MethodsOf = (path: string) => string[]

const order = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** For routes with paths in OpenAPI's notation: HEAD goes with GET, OPTIONS with everything. */
export function methodsOfRoutes(routes: readonly { method: string; path: string }[]): MethodsOf {
  let known: { pattern: RegExp; method: string }[] | undefined
  return (path) => {
    // Made on first use: few requests need it, and a cold start doesn't wait for it.
    known ??= routes.map(({ method, path: template }) => ({ pattern: patternOf(template), method }))
    const own = known.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method.toUpperCase())
    if (own.length === 0) return []
    const implied = own.includes('GET') ? ['HEAD', 'OPTIONS'] : ['OPTIONS']
    return order.filter((method) => own.includes(method) || implied.includes(method))
  }
}

function patternOf(template: string): RegExp {
  const parts = template.split(/\{\w+\}/).map((text) => text.replaceAll(/[^\w/-]/g, String.raw`\$&`))
  return new RegExp(`^${parts.join('[^/]+')}$`)
}

/** RFC 9110, sections 10.2.1 and 15.5.6, and RFC 5789, section 3.1. */
export function allowHeaders(methods: readonly string[]): Record<string, string> {
  return {
    Allow: methods.join(', '),
    ...(methods.includes('PATCH') && { 'Accept-Patch': 'application/json' }),
  }
}

/** The error of a path without a route, or without one with this method. */
export function noRoute(methods: readonly string[]): DomainError {
  return methods.length > 0
    ? new DomainError('method-not-allowed', `This path takes ${methods.join(', ')}.`)
    : new DomainError('not-found', 'There is no such route.')
}

/**
 * For `app.notFound`: no such route, or none with this method. It needs no token, as it depends on the routes alone, which
 * the document shows to everybody.
 */
export function onNoRoute(
  methodsOf: MethodsOf,
  respond: (c: Context, problem: Problem) => Response = problemResponse,
): NotFoundHandler {
  return (c: Context<HttpEnv>) => {
    const methods = methodsOf(c.req.path)
    const headers = methods.length > 0 ? allowHeaders(methods) : {}
    for (const [name, value] of Object.entries(headers)) c.header(name, value)
    if (methods.length > 0 && c.req.method === 'OPTIONS') return c.body(null, 204)
    const error = noRoute(methods)
    c.set('problemCode', error.code)
    return respond(c, problemOf(error, c.get('requestId') ?? ''))
  }
}
