import {
  type ConversionConfig,
  type OverrideActionContext,
  toJsonSchema,
  toJsonSchemaDefs,
} from '@valibot/to-json-schema'
import type { GenericSchema } from 'valibot'
import { Email, longestEmail } from '../../shared/domain/text/email.ts'
import { Time } from '../../shared/domain/text/text.ts'
import { longestTime } from '../../shared/domain/values/instant.ts'
import { both, keywordsFor, withoutHidden } from './constraints.ts'
import type { Schema } from './schema.ts'
import { simplify } from './simplify.ts'

export const reference = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })

/** Converts a schema to JSON Schema; checks without a keyword are described in words. */
export function schemaOf(schema: GenericSchema): Schema {
  const { $schema: _, ...rest } = toJsonSchema(schema, config)
  return simplify(rest)
}

/** The same for several schemas that refer to each other by name. */
export function schemasOf(definitions: Record<string, GenericSchema>): Record<string, Schema> {
  const schemas = Object.entries(toJsonSchemaDefs(definitions, config))
  return Object.fromEntries(schemas.map(([name, schema]) => [name, simplify(schema)]))
}

/** Parsers by code, with the pattern of their texts. */
const readers = new Map<unknown, Schema>([
  [Email.pipe[1], { format: 'idn-email', maxLength: longestEmail }],
  [Time.pipe[1], { format: 'date-time', maxLength: longestTime }],
])

const config: ConversionConfig = {
  target: 'draft-2020-12',
  // A pipe of two schemas would be an error, though the second only adds to the first. All other errors are thrown below.
  errorMode: 'ignore',
  overrideRef: ({ referenceId }) => reference(referenceId).$ref,
  overrideSchema: ({ valibotSchema, jsonSchema, errors }) => {
    if (valibotSchema.type === 'custom') return keywordsFor(said(valibotSchema), jsonSchema)
    throwAny(errors)
    if (jsonSchema.required?.length !== 0) return undefined
    const { required: _, ...rest } = jsonSchema
    return rest
  },
  overrideAction,
}

function overrideAction({ valibotAction, jsonSchema, errors }: OverrideActionContext): Schema | undefined {
  const action: Action = valibotAction
  if (action.type === 'raw_transform') return { ...jsonSchema, ...readerOf(action) }
  if (action.type === 'transform') return jsonSchema
  // Its message depends on the value: it names a hidden character.
  if (action.type === 'check' && typeof action.message === 'function') return withoutHidden(jsonSchema)
  if (action.type === 'check') return keywordsFor(said(action), jsonSchema)
  // A text with two patterns.
  if (action.type === 'regex' && errors && action.requirement instanceof RegExp) {
    return both(jsonSchema, { pattern: action.requirement.source })
  }
  throwAny(errors)
  return undefined
}

function throwAny(errors: readonly string[] | undefined): void {
  if (errors) throw new Error(errors.join(' '))
}

function readerOf(action: Action): Schema {
  const read = readers.get(action)
  if (!read) throw new Error('what a transformation reads cannot be told in the document')
  return read
}

type Action = { type: string; requirement?: unknown; message?: unknown }

/** The message for an invalid value. */
function said(item: object): string {
  return 'message' in item && typeof item.message === 'string' ? item.message : ''
}
