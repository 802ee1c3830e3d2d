import * as v from 'valibot'
import { Reason } from '../../../shared/domain/text/text.ts'
import { DomainError } from '../../../shared/domain/values/errors.ts'
import { validate } from '../../../shared/domain/values/validate.ts'
import { checkIsJson, readJson } from '../../../shared/http/request/json-body.ts'
import { parseJson } from '../../../shared/http/request/strict-json.ts'
import { headerText } from '../../../shared/http/response/header-text.ts'
import { strictObject } from '../routing/body-schema.ts'

/** Enough for `{}` with spaces, and for an unknown field or two, which are named. */
const maxEmptyBodyBytes = 1024

export type BodySchema<B> = v.GenericSchema<unknown, B>

/** Schema of routes that take no body: a body must be `{}`. */
export const noBody: BodySchema<unknown> = strictObject({})

/** Returns the body as the schema makes it. Throws `unsupported-media-type`, `too-large` or `invalid-request`. */
export async function bodyOf<B>(
  request: Request,
  schema: BodySchema<B>,
  read: () => Promise<Uint8Array>,
): Promise<B> {
  if (schema === noBody) return validate(schema, await emptyObject(request, read))
  return validate(schema, await readJson(request, read))
}

async function emptyObject(request: Request, read: () => Promise<Uint8Array>): Promise<unknown> {
  const bytes = await read()
  if (bytes.length === 0) return {}
  checkIsJson(request)
  if (bytes.length > maxEmptyBodyBytes)
    throw new DomainError('invalid-request', 'The body must be empty or {}.')
  return parseJson(bytes)
}

/** Query parameter of every changing route. */
export const dryRun = v.optional(
  v.pipe(
    v.picklist(['true', 'false'], 'must be true or false'),
    v.transform((text) => text === 'true'),
  ),
)

/** Returns the reason in `X-Reason`. Throws `invalid-request`, also where a required one is missing. */
export function reasonOf(
  header: string | undefined,
  { required }: { required: boolean },
): string | undefined {
  if (header === undefined) {
    if (required) throw invalidReason('is missing: operators say why they change something')
    return undefined
  }
  try {
    return validate(Reason, headerText(header))
  } catch (error) {
    throw error instanceof DomainError ? invalidReason(error.errors[0]?.detail ?? error.message) : error
  }
}

function invalidReason(detail: string): DomainError {
  return new DomainError('invalid-request', `The header X-Reason ${detail}.`, [
    { pointer: 'X-Reason', detail },
  ])
}
