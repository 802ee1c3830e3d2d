import { readFileSync } from 'node:fs'
import { createSchemas } from '../../../support/openapi-schemas.ts'

/** As much of JSON Schema as the document's request bodies and parameters use. */
export type Schema = {
  $ref?: string
  type?: string
  const?: unknown
  enum?: unknown[]
  anyOf?: Schema[]
  allOf?: Schema[]
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean
  minProperties?: number
  items?: Schema
  maxItems?: number
  uniqueItems?: boolean
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  pattern?: string
  format?: string
}
export type Parameter = { name: string; in: 'path' | 'query' | 'header'; required?: boolean; schema: Schema }
export type Operation = {
  id: string
  method: string
  path: string
  parameters: Parameter[]
  /** Where the body's schema is in the document, if the operation takes one. */
  body?: string
  hasEtag: boolean
}

type Described = {
  operationId: string
  parameters?: (Parameter | { $ref: string })[]
  requestBody?: { content: Record<string, { schema: { $ref: string } }> }
  responses: Record<string, { headers?: Record<string, unknown> }>
}

const text = readFileSync('functions/api/openapi.json', 'utf8')
const document: { paths: Record<string, Record<string, Described>> } = JSON.parse(text)
/** What a value has that the schema at that place doesn't let in. */
export const misfitsAt = createSchemas(JSON.parse(text))

/** The schema itself, where it only refers to one. */
export function resolved(schema: Schema): Schema {
  return schema.$ref === undefined ? schema : resolved(at(schema.$ref) as Schema)
}

export const schemaAt = (pointer: string) => resolved({ $ref: `#${pointer}` })

/** Those of the API: deliveries come in elsewhere. */
const paths = Object.entries(document.paths).filter(([path]) => !path.startsWith('/webhooks/'))

export const operations: readonly Operation[] = paths.flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, described]): Operation => {
    const { operationId: id, parameters = [], requestBody, responses } = described
    const body = requestBody?.content['application/json']?.schema.$ref.slice(1)
    return {
      id,
      method: method.toUpperCase(),
      path,
      parameters: parameters.map((each) => ('$ref' in each ? (at(each.$ref) as Parameter) : each)),
      ...(body !== undefined && { body }),
      hasEtag: responses[200]?.headers?.ETag !== undefined,
    }
  }),
)

function at(reference: string): unknown {
  const names = reference.replace(/^#\//, '').split('/')
  return names.reduce<unknown>((value, name) => Object(value)[name], document)
}
