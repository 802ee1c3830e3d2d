import type { Context } from 'hono'
import type { Page } from '../../shared/http/paging.ts'
import { parseLimit } from '../../shared/http/paging.ts'
import type { Position, Page as TablePage } from '../../shared/table/query.ts'
import type { ApiDeps } from './deps.ts'
import type { ListQuery } from './query.ts'

/** Which page of which list is asked for: a cursor is good for the path and the filters it was given out with. */
export function pageOf({ cursors }: ApiDeps, c: Context, { filters, limit, cursor }: ListQuery<object>) {
  const binding = bindingOf(c.req.path, filters)
  return {
    limit: parseLimit(limit),
    after: cursor === undefined ? undefined : cursors.open(binding, cursor),
    present: <T, R>({ items, next }: TablePage<T>, as: (item: T) => R): Page<R> => ({
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
  const given = Object.entries(filters).filter(([, value]) => value !== undefined)
  return JSON.stringify([path, ...given.sort(([a], [b]) => (a < b ? -1 : 1))])
}
