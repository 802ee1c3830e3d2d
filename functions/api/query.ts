import type { Context } from 'hono'
import * as v from 'valibot'
import { DomainError } from '../../shared/domain/errors.ts'
import { validate } from '../../shared/domain/validate.ts'

export type QueryOf<T extends v.ObjectEntries> = v.InferOutput<v.StrictObjectSchema<T, undefined>>
/** What a list is asked for: every one is paged. */
export type ListQuery<Filters> = {
  filters: Filters
  limit: string | undefined
  cursor: string | undefined
}

/** The parameters of the query, once each; any other is refused by name. Throws `invalid-request`. */
export function readQuery<T extends v.ObjectEntries>(c: Context, parameters: T): QueryOf<T> {
  return validated(given(c), parameters)
}

/** As `readQuery`, with what every list takes. */
export function readListQuery<T extends v.ObjectEntries>(c: Context, parameters: T): ListQuery<QueryOf<T>> {
  const { limit, cursor, ...filters } = given(c)
  return { filters: validated(filters, parameters), limit, cursor }
}

function given(c: Context): Record<string, string> {
  const pairs = [...new URL(c.req.url).searchParams]
  const names = pairs.map(([name]) => name)
  const repeated = names.find((name, place) => names.indexOf(name) !== place)
  if (repeated !== undefined) throw refused([{ pointer: repeated, detail: 'must not be given twice' }])
  return Object.fromEntries(pairs)
}

function validated<T extends v.ObjectEntries>(query: Record<string, string>, parameters: T): QueryOf<T> {
  const unknown = Object.keys(query).filter((name) => !Object.hasOwn(parameters, name))
  if (unknown.length > 0) throw refused(unknown.map((pointer) => ({ pointer, detail: 'is not known here' })))
  try {
    return validate(v.strictObject(parameters), query)
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
