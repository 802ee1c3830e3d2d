import type { Operation } from './answer.ts'
import { answersOf, json } from './answers.ts'
import { componentsOf } from './components.ts'
import { reference } from './json-schema.ts'
import { bodyName, tagOf, tags } from './names.ts'
import { parametersOf } from './parameters.ts'
import { rightInWords } from './rights.ts'
import { webhookOperation, webhookPath } from './webhook.ts'
import type { DocumentedRoute } from './documented.ts'

/** The OpenAPI 3.1 document, generated from the routes and their validation schemas. Deterministic. */
export function createDocument(routes: readonly DocumentedRoute[]) {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Latchkey',
      version: '1',
      summary: "Who may do what with a customer's account, billing, servers, CDN and OpenStack projects.",
      description,
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    tags,
    paths: pathsOf(routes),
    components: componentsOf(routes),
  }
}

export type OpenApiDocument = ReturnType<typeof createDocument>

const description = `Errors are problem details (RFC 9457), but for decisions, whose errors are JSON strings. Fields that are not documented are refused by name; optional fields of answers are absent, never null.

Lists are paged: go on with \`nextCursor\` until there is none; a page may be short, or empty, and not be the last.

Every single resource has an \`ETag\`, which items of lists carry as \`etag\`. The preconditions of RFC 9110 are honoured by all methods: \`If-Match\` is required where a change is hard to take back, and \`If-None-Match: *\` only ever creates. Of an action they are about what it is done to; a list has no ETag. Nothing has a \`Last-Modified\`, so \`If-Modified-Since\` and \`If-Unmodified-Since\` have no effect. Every change takes \`?dryRun=true\`, \`Idempotency-Key\` and \`X-Reason\`.

Paths that are not documented are answered with 404, other methods of those that are with 405 and \`Allow\`; OPTIONS needs no token. Every answer has \`X-Content-Type-Options\`, \`Referrer-Policy\`, \`Strict-Transport-Security\` and \`Cache-Control\`: \`no-store\` unless it says otherwise.`

function pathsOf(routes: readonly DocumentedRoute[]) {
  const paths: Record<string, Record<string, Operation>> = {}
  for (const route of routes) {
    const path = (paths[route.path] ??= {})
    if (path[route.method]) throw new Error(`${route.method} ${route.path} is there twice`)
    path[route.method] = operationOf(route)
  }
  paths[webhookPath] = { post: webhookOperation() }
  return paths
}

function operationOf(route: DocumentedRoute): Operation {
  const { id, summary, right } = route
  const body = bodyName(route)
  return {
    operationId: id,
    summary,
    description: rightInWords(right),
    tags: [tagOf(route)],
    ...(right.kind === 'anybody' && { security: [] }),
    parameters: parametersOf(route),
    ...(body !== undefined && {
      requestBody: { required: true, content: json(reference(body)) },
    }),
    responses: answersOf(route),
  }
}
