import type { Answer, Media, Reference } from './answer.ts'
import { headersOf } from './headers.ts'
import { reference } from './json-schema.ts'
import { componentName, pageName } from './names.ts'
import { problemsOf } from './problems.ts'
import { refusalName } from './refusals.ts'
import type { Schema } from './schema.ts'
import { unionName } from './unions.ts'
import type { DocumentedRoute } from './documented.ts'

export const json = (schema: Schema) => ({ 'application/json': { schema } })

/** All responses of an operation, by status. */
export function answersOf(route: DocumentedRoute): Record<string, Answer | Reference> {
  const answers = new Map<number, Answer | Reference>(successesOf(route))
  for (const [status, codes] of problemsOf(route)) {
    answers.set(status, { $ref: `#/components/responses/${refusalName(route, codes)}` })
  }
  return Object.fromEntries([...answers].sort(([a], [b]) => a - b))
}

function* successesOf(route: DocumentedRoute): Generator<[number, Answer]> {
  const { method, response, changes } = route
  const { status, etag, location, alsoStatus, maxAge } = response
  const content = contentOf(route)
  const description = status === 200 && changes ? 'As it is from now on.' : descriptions[status]
  const headers = headersOf(
    etag && 'ETag',
    changes && 'X-Consistency-Token',
    status === 201 && location && 'Location',
    maxAge !== undefined && 'Cache-Control.public',
    response.type === 'text/html' && 'Content-Security-Policy',
  )
  if (changes && status !== 200) {
    const told = content.content ?? json(reference('Changes'))
    yield [200, { description: 'What a dry run tells.', headers: headersOf(), content: told }]
  }
  yield [status, { description, headers, ...content }]
  if (alsoStatus) {
    const place = headersOf(etag && 'ETag', changes && 'X-Consistency-Token', location && 'Location')
    yield [alsoStatus, { description: descriptions[201], headers: place, ...content }]
  }
  if (method === 'get') yield [304, { description: 'What the caller has is right.', headers }]
}

const descriptions = { 200: 'As it is.', 201: 'What was created.', 202: 'Under way.', 204: 'Done.' }
type Content = { content?: Record<string, Media> }

/** One schema for all statuses: a method of a generated client has one result type. */
function contentOf(route: DocumentedRoute): Content {
  const { status, schema, list, type } = route.response
  const union = unionName(route)
  if (union !== undefined) return { content: json(reference(union)) }
  const other: Content['content'] = type && { [type]: { schema: typed(type) } }
  if (schema) {
    return { content: { ...json(reference(list ? pageName(schema) : componentName(schema))), ...other } }
  }
  if (other) return { content: other }
  return status === 200 ? { content: json({}) } : {}
}

/** openapi-generator's Python reads other types than `text/…` as bytes, or not at all. */
const typed = (type: string): Schema =>
  type.startsWith('text/') ? { type: 'string' } : { type: 'string', format: 'binary' }
