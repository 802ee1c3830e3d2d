import type { Route } from '../../functions/api/route.ts'
import type { Answer, Media, Reference } from './answer.ts'
import { headersOf } from './headers.ts'
import { reference } from './json-schema.ts'
import { componentName, pageName } from './names.ts'
import { problemsOf } from './problems.ts'
import { refusalName } from './refusals.ts'
import type { Schema } from './schema.ts'
import { unionName } from './unions.ts'

export const json = (schema: Schema) => ({ 'application/json': { schema } })

/** Every answer of an operation, by status. */
export function answersOf(route: Route): Record<string, Answer | Reference> {
  const answers = new Map<number, Answer | Reference>(successesOf(route))
  for (const [status, codes] of problemsOf(route)) {
    answers.set(status, { $ref: `#/components/responses/${refusalName(route, codes)}` })
  }
  return Object.fromEntries([...answers].sort(([a], [b]) => a - b))
}

function* successesOf(route: Route): Generator<[number, Answer]> {
  const { method, answer, changes } = route
  const { status, etag, location, alsoStatus, maxAge } = answer
  const content = contentOf(answer)
  const description = status === 200 && changes ? 'As it is from now on.' : descriptions[status]
  const headers = headersOf(
    etag && 'ETag',
    status === 201 && location && 'Location',
    maxAge !== undefined && 'Cache-Control.public',
    answer.type === 'text/html' && 'Content-Security-Policy',
  )
  const union = unionName(route)
  if (changes && status !== 200) yield [200, dryRun]
  yield [
    status,
    { description, headers, ...(union === undefined ? content : { content: json(reference(union)) }) },
  ]
  if (alsoStatus) {
    const place = headersOf(etag && 'ETag', location && 'Location')
    yield [alsoStatus, { description: descriptions[201], headers: place, ...content }]
  }
  if (method === 'get') yield [304, { description: 'What the caller has is right.', headers }]
}

const descriptions = { 200: 'As it is.', 201: 'What was created.', 202: 'Under way.', 204: 'Done.' }
const dryRun = {
  description: 'What a dry run tells.',
  headers: headersOf(),
  content: json(reference('Changes')),
}

type Content = { content?: Record<string, Media> }

function contentOf({ status, schema, list, type }: Route['answer']): Content {
  const other: Content['content'] = type && { [type]: { schema: { type: 'string' } } }
  if (schema) {
    return { content: { ...json(reference(list ? pageName(schema) : componentName(schema))), ...other } }
  }
  if (other) return { content: other }
  return status === 200 ? { content: json({}) } : {}
}
