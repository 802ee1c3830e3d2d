import { addMilliseconds } from '../../../../shared/domain/values/instant.ts'
import type { OpenStackRecord } from '../../../../shared/openstack/sync/project-record.ts'
import { type ProjectRef, recordItem } from '../../../../shared/openstack/sync/store.ts'
import type { Table } from '../../../../shared/table/table.ts'

export const customerId = 'BGE000081'
export const at = (second: number) => addMilliseconds('2026-11-23T12:00:00.000000000Z', second * 1000)

let projects = 0
export const freshRef = () => ({ customerId, projectId: `prj_${String(++projects).padStart(4, '0')}` })

export const readyOf = (ref: ProjectRef): OpenStackRecord => ({
  ...ref,
  state: 'ready',
  since: at(0),
  keystoneId: 'k1',
  suspended: false,
})

/** Creates a record at version 1: ready, with the given changes. */
export async function makeReady(table: Table, ref = freshRef(), more: Partial<OpenStackRecord> = {}) {
  await table.transact([{ put: recordItem({ ...readyOf(ref), ...more }), expectedVersion: 'absent' }])
  return ref
}
