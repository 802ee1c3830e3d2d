import type { Context } from 'hono'
import * as v from 'valibot'
import { DomainError, type FieldError, fieldsError } from '../../../shared/domain/values/errors.ts'
import { validate } from '../../../shared/domain/values/validate.ts'
import { type PageLimits, parseLimit } from '../../../shared/http/request/paging.ts'
import type { Page as TablePage, Position } from '../../../shared/table/query.ts'
import type { ApiDeps } from '../authorization/deps.ts'

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

const refused = (errors: readonly FieldError[]) => fieldsError('invalid-request', errors, 'In the query: ')

/** Which page of which list is asked for: a cursor is good for the path and the filters it was given out with. */
export function pageOf({ cursors }: ApiDeps, c: Context, { filters, limit, cursor }: ListQuery<object>) {
  const binding = bindingOf(c.req.path, filters)
  return {
    limit: parseLimit(limit),
    after: cursor === undefined ? undefined : cursors.open(binding, cursor),
    present: <T, R>({ items, next }: TablePage<T>, as: (item: T) => R): PageLimits<R> => ({
      items: items.map(as),
      ...(next && { nextCursor: cursors.seal(binding, next) }),
    }),
  }
}

/** A cursor for the list at that path, without filters. */
export function cursorFor({ cursors }: ApiDeps, path: string, next: Position): string {
  return cursors.seal(bindingOf(path, {}), next)
}

function bindingOf(path: string, filters: object): string {
  const present = Object.entries(filters).filter(([, value]) => value !== undefined)
  return JSON.stringify([path, ...present.sort(([a], [b]) => (a < b ? -1 : 1))])
}
