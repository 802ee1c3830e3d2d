import { confirmDeletion } from '../../../../shared/directory/projects/delete-project.ts'
import { instantOf, stampOf } from '../../../../shared/domain/values/instant.ts'
import type { OpenStackRecord } from '../../../../shared/openstack/sync/project-record.ts'
import { findRecord, listRecords, recordItem } from '../../../../shared/openstack/sync/store.ts'
import { commit } from '../../../../shared/records/commit.ts'
import { findCustomer } from '../../../../shared/records/customers.ts'
import { asProject } from '../../../../shared/records/projects.ts'
import { versionOf } from '../../../../shared/table/item.ts'
import { keys, prefixes } from '../../../../shared/table/keys.ts'
import type { Table } from '../../../../shared/table/table.ts'

export const keystoneIdOf = (projectId: string) => projectId.replace('prj_', 'k').toLowerCase()

/** Writes what the worker writes of a project, ready unless told. */
export async function writeRecord(
  table: Table,
  customerId: string,
  projectId: string,
  more: Partial<OpenStackRecord> = {},
): Promise<void> {
  const ref = { customerId, projectId }
  const [record, customer] = await Promise.all([findRecord(table, ref), findCustomer(table, customerId)])
  const ready: OpenStackRecord = {
    ...ref,
    state: 'ready',
    since: instantOf(table.now()),
    keystoneId: keystoneIdOf(projectId),
    suspended: customer?.status !== 'active',
    ...more,
  }
  await table.transact([{ put: recordItem(ready), expectedVersion: versionOf(record) }])
}

/** Works off everything that was said of a customer, but for deletions. */
export async function settle(table: Table, customerId: string): Promise<void> {
  const query = { partition: keys.customer(customerId).pk, prefix: prefixes.fanOut }
  for await (const { pk, sk, version } of table.queryAll(query))
    await table.transact([{ remove: { pk, sk }, expectedVersion: version }])
  for (const { projectId } of await listRecords(table, customerId))
    await writeRecord(table, customerId, projectId)
}

/** Confirms a deletion, as the worker does once nothing of the project is in OpenStack. */
export async function confirm(table: Table, customerId: string, projectId: string): Promise<void> {
  const project = asProject(await table.get(keys.project(customerId, projectId)))
  if (!project) throw new Error('there is no such project')
  const now = instantOf(table.now())
  const actor = { kind: 'system', id: 'openstack' } as const
  const { change } = await confirmDeletion({ table, actor, stamp: stampOf(now, actor.id), now }, project)
  const record = await findRecord(table, { customerId, projectId })
  const key = keys.openstack(customerId, projectId)
  await commit(table, change, record ? [{ remove: key, expectedVersion: record.version }] : [])
}
