import type { Keystone } from '../../../shared/openstack/keystone/client.ts'
import type { Table } from '../../../shared/table/table.ts'
import { inMortalHands, mortalLife } from '../mortal-table.ts'

/** What a process has in its hands, Keystone and the table: it makes so many calls to either, and then none any more. */
export function mortal(keystone: Keystone, table: Table, calls: number) {
  const { isDead, live } = mortalLife(calls)
  return {
    isDead,
    keystone: { ...keystone, call: (call) => live(() => keystone.call(call)) } satisfies Keystone,
    table: inMortalHands(table, live),
  }
}
