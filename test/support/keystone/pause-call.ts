import type { Keystone } from '../../../shared/openstack/keystone/client.ts'
import type { Table } from '../../../shared/table/table.ts'

export type Call = Parameters<Keystone['call']>[0]

export const isAssignment = ({ method, path }: Call) => method === 'PUT' && path.includes('/roles/')

/** Pauses the first matching call, or its response, until `open`; forwards all others. */
export function pauseCall(keystone: Keystone, fits: (call: Call) => boolean, { afterwards = false } = {}) {
  let isUsed = false
  const reached = Promise.withResolvers<void>()
  const opened = Promise.withResolvers<void>()
  const gated: Keystone = {
    ...keystone,
    async call(call) {
      if (isUsed || !fits(call)) return keystone.call(call)
      isUsed = true
      const answer = afterwards ? await keystone.call(call) : undefined
      reached.resolve()
      await opened.promise
      return afterwards ? answer : keystone.call(call)
    },
  }
  return { keystone: gated, isReached: reached.promise, open: () => opened.resolve() }
}

/** A table with some of its reads replaced. */
export function withReads(table: Table, reads: Partial<Pick<Table, 'getMany' | 'queryPage'>>): Table {
  const seen: Table = { ...table, ...reads }
  return {
    ...seen,
    async *queryAll(query) {
      let after = query.after
      do {
        const { items, next } = await seen.queryPage({ ...query, after })
        yield* items
        after = next
      } while (after)
    },
  }
}

/** Pauses the response to the `last`-th read of a project's members. */
export function pauseRead(table: Table, last: number) {
  let looks = 0
  const reached = Promise.withResolvers<void>()
  const opened = Promise.withResolvers<void>()
  const seen = withReads(table, {
    async getMany(keys) {
      if (keys.some(({ sk }) => sk === 'ADMINS')) looks++
      const items = await table.getMany(keys)
      if (looks !== last || !keys.some(({ sk }) => sk === 'USER')) return items
      reached.resolve()
      await opened.promise
      return items
    },
  })
  return { table: seen, isReached: reached.promise, open: () => opened.resolve() }
}
