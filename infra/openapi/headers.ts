import { commonHeaders } from '../../shared/http/response/common-headers.ts'
import type { Schema } from './schema.ts'

export type Header = { description: string; required?: boolean; schema: Schema }

const text = (keywords: Schema = {}): Schema => ({ type: 'string', ...keywords })

const common = (description: string, name: keyof typeof commonHeaders): Header => ({
  description,
  required: true,
  schema: text({ enum: [commonHeaders[name]] }),
})

/** Response headers by name; a suffix after a dot distinguishes two of one name. */
export const headers = {
  'X-Request-Id': { description: 'Of the request.', required: true, schema: text() },
  ETag: {
    description: 'Changes with what is answered; absent after a dry run.',
    schema: text({ pattern: '^"[A-Za-z0-9_-]{32}"$' }),
  },
  'X-Consistency-Token': {
    description:
      'The state with the change, for decisions with `consistency=eventual`; absent after a dry run.',
    schema: text({ pattern: '^[A-Za-z0-9_-]{302}$' }),
  },
  'Content-Security-Policy': {
    description: 'Of a page for people: nothing from elsewhere, no scripts, in no frame.',
    required: true,
    schema: text({ enum: ["default-src 'none'; form-action 'self'; frame-ancestors 'none'"] }),
  },
  Location: {
    description: 'Where it is from now on.',
    required: true,
    schema: text({ format: 'uri' }),
  },
  'Retry-After': { description: 'Seconds to wait.', required: true, schema: text({ pattern: '^[0-9]+$' }) },
  'WWW-Authenticate': {
    description:
      'Where the metadata of RFC 9728 is, and what is wrong with the token; with 403 where a scope is missing.',
    schema: text({ pattern: '^Bearer .*resource_metadata="' }),
  },
  'WWW-Authenticate.webhook': {
    description: 'What a delivery is signed with.',
    required: true,
    schema: text({ pattern: '^StandardWebhooks headers="' }),
  },
  Accept: {
    description: 'What a body has to be.',
    required: true,
    schema: text({ enum: ['application/json'] }),
  },
  'Accept-Patch': {
    description: 'The same, of a PATCH (RFC 5789).',
    schema: text({ enum: ['application/json'] }),
  },
  'Cache-Control': {
    description: 'Nobody may keep it.',
    required: true,
    schema: text({ enum: ['no-store'] }),
  },
  'Cache-Control.public': {
    description: 'How long anybody may keep it.',
    required: true,
    schema: text({ pattern: '^public, max-age=[0-9]+$' }),
  },
  'X-Content-Type-Options': common('It is what it says.', 'X-Content-Type-Options'),
  'Referrer-Policy': common('Links in it tell nobody where they were.', 'Referrer-Policy'),
  'Strict-Transport-Security': common('HTTPS only (RFC 6797).', 'Strict-Transport-Security'),
} as const satisfies Record<string, Header>

type HeaderName = keyof typeof headers

/** References to these headers, by response name, and to those of every response. */
export function headersOf(...names: (HeaderName | false | undefined)[]): Record<string, { $ref: string }> {
  const all = [...everywhere, ...names.filter((name) => name !== false && name !== undefined)]
  return Object.fromEntries(
    all.map((name) => [name.replace(/\..*/, ''), { $ref: `#/components/headers/${name}` }]),
  )
}

const everywhere: readonly HeaderName[] = [
  'X-Request-Id',
  'Cache-Control',
  'X-Content-Type-Options',
  'Referrer-Policy',
  'Strict-Transport-Security',
]
