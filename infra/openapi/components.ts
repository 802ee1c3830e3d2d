import type { GenericSchema } from 'valibot'
import {
  Capability,
  Cursor,
  CustomerId,
  DeliveryId,
  EmailAddress,
  MailToken,
  Moment,
  ProjectId,
  ReviewItemId,
  Role,
  ServerId,
  Source,
  Ulid,
  UserId,
} from '../../functions/api/routing/schema-types.ts'
import { maxLimit } from '../../shared/http/request/paging.ts'
import { bodiesOf } from './bodies.ts'
import { headers } from './headers.ts'
import { reference, schemasOf } from './json-schema.ts'
import { capitalised, pageName } from './names.ts'
import { parameters } from './parameters.ts'
import { examples } from './problems.ts'
import { refusalsOf } from './refusals.ts'
import type { Schema } from './schema.ts'
import { unionsOf } from './unions.ts'
import { eventSchemas } from './webhook.ts'
import { documentedBodies, documentedParts, type DocumentedRoute } from './documented.ts'

const vocabulary = {
  CustomerId,
  UserId,
  ProjectId,
  ReviewItemId,
  ServerId,
  Source,
  Ulid,
  DeliveryId,
  Cursor,
  EmailAddress,
  MailToken,
  Moment,
  Role,
  Capability,
}

/** All components that operations refer to. */
export function componentsOf(routes: readonly DocumentedRoute[]) {
  return {
    schemas: Object.fromEntries(
      Object.entries({
        ...shown(),
        ...pagesOf(routes),
        ...unionsOf(routes),
        ...bodiesOf(routes),
        ...eventSchemas(),
      }).sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
    responses: refusalsOf(routes),
    parameters,
    headers,
    examples: Object.fromEntries(
      [...examples].map(([code, value]) => [code, { summary: value.title, value }]),
    ),
    securitySchemes: {
      token: {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'JWT',
        description:
          'An access token (RFC 9068) of the issuer that `/.well-known/oauth-protected-resource` names.',
      },
    },
  }
}

function shown(): Record<string, Schema> {
  const named: Record<string, GenericSchema> = { ...vocabulary, ...documentedParts }
  for (const [name, schema] of Object.entries(documentedBodies)) named[capitalised(name)] = schema
  return schemasOf(named)
}

function pagesOf(routes: readonly DocumentedRoute[]): Record<string, Schema> {
  const pages = routes.flatMap(({ response }): [string, Schema][] =>
    response.list && response.schema
      ? [[pageName(response.schema), pageOf(capitalised(response.schema))]]
      : [],
  )
  return Object.fromEntries(pages)
}

const pageOf = (item: string): Schema => ({
  description: 'A page of a list: without `nextCursor` it is the last.',
  type: 'object',
  properties: {
    items: { type: 'array', items: reference(item), maxItems: maxLimit },
    nextCursor: reference('Cursor'),
  },
  required: ['items'],
  additionalProperties: false,
})
