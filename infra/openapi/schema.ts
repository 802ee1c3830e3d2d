import type { JsonSchema } from '@valibot/to-json-schema'

/** JSON Schema 2020-12, the dialect of OpenAPI 3.1. */
export type Schema = JsonSchema
