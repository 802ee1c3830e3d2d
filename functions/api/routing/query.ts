import type { Context } from 'hono'
import * as v from 'valibot'
import { DomainError, type FieldError, fieldsError } from '../../../shared/domain/values/errors.ts'
import { validate } from '../../../shared/domain/values/validate.ts'
import { type PageBody, parseLimit } from '../../../shared/http/request/paging.ts'
import type { Page as TablePage, Position } from '../../../shared/table/query.ts'
import type { ApiDeps } from '../authorization/deps.ts'

export type QueryOf<T extends v.ObjectEntries> = v.InferOutput<v.StrictObjectSchema<T, undefined>>
/** The query of a list; every list is paged. */
type ListQuery<Filters> = {
  filters: Filters
  limit: string | undefined
  cursor: string | undefined
}

/** Throws `invalid-request` for a parameter that is repeated or unknown, by its name. */
export function readQuery<T extends v.ObjectEntries>(c: Context, parameters: T): QueryOf<T> {
  return validated(parametersOf(c), parameters)
}

/** Reads the query of a list, which has parameters besides its filters. */
export function readListQuery<T extends v.ObjectEntries>(c: Context, parameters: T): ListQuery<QueryOf<T>> {
  const { limit, cursor, ...filters } = parametersOf(c)
  return { filters: validated(filters, parameters), limit, cursor }
}

function parametersOf(c: Context): Record<string, string> {
  const query = new Map<string, string>()
  for (const [name, value] of new URL(c.req.url).searchParams) {
    if (query.has(name)) throw invalidQuery([{ pointer: name, detail: 'must not be given twice' }])
    query.set(name, value)
  }
  return Object.fromEntries(query)
}

function validated<T extends v.ObjectEntries>(query: Record<string, string>, parameters: T): QueryOf<T> {
  const unknown = Object.keys(query).filter((name) => !Object.hasOwn(parameters, name))
  if (unknown.length > 0)
    throw invalidQuery(unknown.map((pointer) => ({ pointer, detail: 'is not known here' })))
  try {
    return validate(v.strictObject(parameters), query)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    throw invalidQuery(error.errors.map(({ pointer, detail }) => ({ pointer: pointer.slice(1), detail })))
  }
}

const invalidQuery = (errors: readonly FieldError[]) =>
  fieldsError('invalid-request', errors, 'In the query: ')

/** The requested page of a list. A cursor is valid for the path and the filters that it was made for. */
export function pageOf({ cursors }: ApiDeps, c: Context, { filters, limit, cursor }: ListQuery<object>) {
  const binding = bindingOf(c.req.path, filters)
  return {
    limit: parseLimit(limit),
    after: cursor === undefined ? undefined : cursors.open(binding, cursor),
    present: <T, R>({ items, next }: TablePage<T>, as: (item: T) => R): PageBody<R> => ({
      items: items.map(as),
      ...(next && { nextCursor: cursors.seal(binding, next) }),
    }),
  }
}

/** Returns a cursor for the list at that path, without filters. */
export function cursorFor({ cursors }: ApiDeps, path: string, next: Position): string {
  return cursors.seal(bindingOf(path, {}), next)
}

function bindingOf(path: string, filters: object): string {
  const present = Object.entries(filters).filter(([, value]) => value !== undefined)
  return JSON.stringify([path, ...present.sort(([a], [b]) => (a < b ? -1 : 1))])
}
