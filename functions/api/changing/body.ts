import type * as v from 'valibot'
import { DomainError } from '../../../shared/domain/errors.ts'
import { validate } from '../../../shared/domain/validate.ts'
import { checkIsJson, readJson } from '../../../shared/http/json-body.ts'
import { parseJson } from '../../../shared/http/strict-json.ts'
import { strictObject } from '../strict-object.ts'

/** Bytes of a body that says nothing, or names a field or two that aren't known. */
const longestOfNothing = 1024

export type BodySchema<B> = v.GenericSchema<unknown, B>

/** Of routes that take no body: one that is sent all the same must be `{}`. */
export const noBody: BodySchema<unknown> = strictObject({})

/** The request's body as the schema makes it. Throws `unsupported-media-type`, `too-large` or `invalid-request`. */
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
  if (bytes.length > longestOfNothing)
    throw new DomainError('invalid-request', 'The body must be empty or {}.')
  return parseJson(bytes)
}
