import * as v from 'valibot'
import { headLimit } from '../../shared/http/request/head-limit.ts'
import { defaultLimit, maxLimit } from '../../shared/http/request/paging.ts'
import { reference, schemaOf } from './json-schema.ts'
import type { Schema } from './schema.ts'
import type { DocumentedRoute } from './documented.ts'

export type Parameter = {
  name: string
  in: 'path' | 'query' | 'header'
  required?: boolean
  description?: string
  schema: Schema
}
type Reference = { $ref: string }

const ofPath = {
  c: ['CustomerId', 'The customer.'],
  u: ['UserId', 'The user.'],
  p: ['ProjectId', 'The project.'],
  s: ['ServerId', 'The server.'],
  r: ['Ulid', 'The review.'],
  i: ['ReviewItemId', 'The grant under review.'],
  t: ['MailToken', 'The end of the link.'],
  source: ['Source', 'The source of the delivery.'],
  id: ['DeliveryId', 'The delivery.'],
} as const
type PathName = keyof typeof ofPath

const isPathName = (name: string): name is PathName => Object.hasOwn(ofPath, name)

export function inPath(name: string): Parameter {
  if (!isPathName(name)) throw new Error(`nothing is known about the parameter {${name}}`)
  const [schema, description] = ofPath[name]
  return { name, in: 'path', required: true, description, schema: reference(schema) }
}

export const inHeader = (name: string, description: string, schema: Schema, required?: true): Parameter => ({
  name,
  in: 'header',
  ...(required && { required }),
  description,
  schema: { type: 'string', ...schema },
})
const ifMatch = 'The ETag of what was read: 412 if it has changed since.'
const ifNoneMatch = 'ETags the caller has: 304 if one is still right.'
const ifAbsent = '`*`: only where nothing is there yet, else 412; or ETags that must not be right.'
/** Headers have a common limit, and none of their own. */
const unlimited = { maxLength: headLimit }
const etags = { pattern: '"', ...unlimited }

/** Parameters that several operations share, by component name. */
export const parameters = {
  limit: {
    name: 'limit',
    in: 'query',
    description: 'How many at most; a filtered page may hold fewer and still not be the last.',
    schema: { type: 'integer', minimum: 1, maximum: maxLimit, default: defaultLimit },
  },
  cursor: {
    name: 'cursor',
    in: 'query',
    description: 'The `nextCursor` of the page before.',
    schema: reference('Cursor'),
  },
  dryRun: {
    name: 'dryRun',
    in: 'query',
    description: '`true`: tells what would change and changes nothing; an `Idempotency-Key` is then ignored.',
    schema: { type: 'boolean', default: false },
  },
  ifMatch: inHeader('If-Match', ifMatch, { ...etags, pattern: String.raw`^ *\* *$|"` }),
  ifMatchRequired: inHeader('If-Match', `${ifMatch} Required, and \`*\` is not enough.`, etags, true),
  ifNoneMatch: inHeader('If-None-Match', ifNoneMatch, unlimited),
  ifAbsent: inHeader('If-None-Match', ifAbsent, unlimited),
  idempotencyKey: inHeader(
    'Idempotency-Key',
    'The same request with the same key within 24 hours has one effect, and gets the first answer again.',
    { pattern: '^[!-~]{1,255}$', maxLength: 255 },
  ),
  reason: inHeader('X-Reason', 'Why; stands in the audit event. Operators must give one.', {
    minLength: 1,
    maxLength: 500,
  }),
  consistencyToken: inHeader(
    'X-Consistency-Token',
    'With `consistency=eventual`: of a change that the decision has to have seen. One that is of no use means strong reads.',
    unlimited,
  ),
  requestId: inHeader(
    'X-Request-Id',
    'Printable ASCII of up to 128 characters: comes back, and stands in the logs. Made where there is none such.',
    unlimited,
  ),
} as const satisfies Record<string, Parameter>

export const shared = (name: keyof typeof parameters): Reference => ({
  $ref: `#/components/parameters/${name}`,
})

/** All parameters of an operation. */
export function parametersOf(route: DocumentedRoute): (Parameter | Reference)[] {
  const { path, query, response, changes, method } = route
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  return [
    ...names.map(inPath),
    ...inQuery(query),
    ...(response.list ? [shared('limit'), shared('cursor')] : []),
    ...(changes ? [shared('dryRun'), shared('idempotencyKey'), shared('reason')] : []),
    ...(route.ifMatch ? [shared(route.ifMatch === 'required' ? 'ifMatchRequired' : 'ifMatch')] : []),
    ...(response.alsoStatus ? [shared('ifAbsent')] : []),
    ...('consistency' in query ? [shared('consistencyToken')] : []),
    ...(method === 'get' && response.etag ? [shared('ifMatch'), shared('ifNoneMatch')] : []),
    shared('requestId'),
  ]
}

function inQuery(query: v.ObjectEntries): Parameter[] {
  const { properties = {}, required = [] } = schemaOf(v.strictObject(query))
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    ...(required.includes(name) && { required: true }),
    schema: typeof schema === 'boolean' ? {} : asText(schema),
  }))
}

/** A time in a query is a plain text: some clients would write it otherwise than RFC 3339 (`+0000`). */
function asText({ format, ...schema }: Schema): Schema {
  if (format !== 'date-time') return { ...schema, ...(format !== undefined && { format }) }
  return { ...schema, pattern: time, description: 'A time as RFC 3339 has it: `2026-08-21T08:01:14Z`.' }
}

const day =
  '((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))'
const hour = '([01][0-9]|2[0-3])'
const time = String.raw`^[0-9]{4}-${day}[Tt]${hour}(:[0-5][0-9]){2}(\.[0-9]+)?([Zz]|[+-]${hour}:[0-5][0-9])$`
