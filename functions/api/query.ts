import type { Context } from 'hono'
import * as v from 'valibot'
import { DomainError } from '../../shared/domain/errors.ts'
import { validate } from '../../shared/domain/validate.ts'

/** What every list takes. */
export const pageParameters = {
  limit: v.optional(v.string()),
  cursor: v.optional(v.string()),
}

/** The parameters of the query, once each; any other is refused by name. Throws `invalid-request`. */
export function readQuery<T extends v.ObjectEntries>(
  c: Context,
  parameters: T,
): v.InferOutput<v.StrictObjectSchema<T, undefined>> {
  const given = [...new URL(c.req.url).searchParams]
  const names = given.map(([name]) => name)
  const repeated = names.find((name, place) => names.indexOf(name) !== place)
  if (repeated !== undefined) throw refused([{ pointer: repeated, detail: 'must not be given twice' }])
  const unknown = names.filter((name) => !Object.hasOwn(parameters, name))
  if (unknown.length > 0) throw refused(unknown.map((pointer) => ({ pointer, detail: 'is not known here' })))
  try {
    return validate(v.strictObject(parameters), Object.fromEntries(given))
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    throw refused(error.errors.map(({ pointer, detail }) => ({ pointer: pointer.slice(1), detail })))
  }
}

function refused(errors: { pointer: string; detail: string }[]): DomainError {
  const told = errors.slice(0, 20).map(({ pointer, detail }) => ({ pointer: pointer.slice(0, 100), detail }))
  const detail = told.map((error) => `${error.pointer} ${error.detail}`).join('; ')
  return new DomainError('invalid-request', `In the query: ${detail}`, told)
}
