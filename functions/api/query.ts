import type { Context } from 'hono'
import * as v from 'valibot'
import type { FieldError } from '../../shared/domain/errors.ts'
import { DomainError, refusalOf } from '../../shared/domain/errors.ts'
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
  const query = new Map<string, string>()
  for (const [name, value] of new URL(c.req.url).searchParams) {
    if (query.has(name)) throw refused([{ pointer: name, detail: 'must not be given twice' }])
    query.set(name, value)
  }
  return Object.fromEntries(query)
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

const refused = (errors: readonly FieldError[]) => refusalOf('invalid-request', errors, 'In the query: ')
