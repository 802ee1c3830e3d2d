import * as v from 'valibot'
import { Reason } from '../../../shared/domain/text/text.ts'
import { DomainError } from '../../../shared/domain/values/errors.ts'
import { validate } from '../../../shared/domain/values/validate.ts'
import { checkIsJson, readJson } from '../../../shared/http/request/json-body.ts'
import { parseJson } from '../../../shared/http/request/strict-json.ts'
import { headerText } from '../../../shared/http/response/header-text.ts'
import { strictObject } from '../routing/body-schema.ts'

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

/** What every changing route takes in its query. */
export const dryRun = v.optional(
  v.pipe(
    v.picklist(['true', 'false'], 'must be true or false'),
    v.transform((text) => text === 'true'),
  ),
)

/** Why, as `X-Reason` says; an operator has to. Throws `invalid-request`. */
export function reasonOf(
  header: string | undefined,
  { required }: { required: boolean },
): string | undefined {
  if (header === undefined) {
    if (required) throw refused('is missing: operators say why they change something')
    return undefined
  }
  try {
    return validate(Reason, headerText(header))
  } catch (error) {
    throw error instanceof DomainError ? refused(error.errors[0]?.detail ?? error.message) : error
  }
}

function refused(detail: string): DomainError {
  return new DomainError('invalid-request', `The header X-Reason ${detail}.`, [
    { pointer: 'X-Reason', detail },
  ])
}
