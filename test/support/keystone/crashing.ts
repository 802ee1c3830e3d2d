import type { Keystone } from '../../../shared/openstack/keystone/client.ts'
import type { Table } from '../../../shared/table/table.ts'
import { inMortalHands, mortalLife } from '../mortal-table.ts'

/** Keystone and the table of a process that crashes after so many calls to either. */
export function crashingAfter(keystone: Keystone, table: Table, calls: number) {
  const { isDead, live } = mortalLife(calls)
  return {
    isDead,
    keystone: { ...keystone, call: (call) => live(() => keystone.call(call)) } satisfies Keystone,
    table: inMortalHands(table, live),
  }
}
