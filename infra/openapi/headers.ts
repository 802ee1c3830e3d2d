import type { Schema } from './schema.ts'

export type Header = { description: string; required?: boolean; schema: Schema }

const text = (keywords: Schema = {}): Schema => ({ type: 'string', ...keywords })

/** Headers of answers, by name. */
export const headers = {
  'X-Request-Id': { description: 'Of the request.', required: true, schema: text() },
  ETag: {
    description: 'Changes with what is answered; absent after a dry run.',
    schema: text({ pattern: '^"[A-Za-z0-9_-]{32}"$' }),
  },
  'Content-Security-Policy': {
    description: 'Of a page for people: nothing from elsewhere, no scripts, in no frame.',
    required: true,
    schema: text({ const: "default-src 'none'; form-action 'self'; frame-ancestors 'none'" }),
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
  Accept: {
    description: 'What a body has to be.',
    required: true,
    schema: text({ const: 'application/json' }),
  },
  'Accept-Patch': {
    description: 'The same, of a PATCH (RFC 5789).',
    schema: text({ const: 'application/json' }),
  },
  'Cache-Control': {
    description: 'How long anybody may keep it; where it is not documented, nobody may.',
    required: true,
    schema: text({ pattern: '^public, max-age=[0-9]+$' }),
  },
} as const satisfies Record<string, Header>

/** References to these, and to `X-Request-Id`, which every answer has. */
export function headersOf(
  ...names: (keyof typeof headers | false | undefined)[]
): Record<string, { $ref: string }> {
  const all = ['X-Request-Id', ...names.filter((name) => name !== false && name !== undefined)]
  return Object.fromEntries(all.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
}
