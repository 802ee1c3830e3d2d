import type { ResourceRef } from '../../../shared/domain/access/decide.ts'
import { mainProjectId } from '../../../shared/domain/entities/project.ts'
import { isId } from '../../../shared/domain/values/id.ts'
import type { OpenStackKnown } from '../../../shared/openstack/sync/project-record.ts'
import { findRecord, findFanOutPending } from '../../../shared/openstack/sync/store.ts'
import type { ApiDeps } from './deps.ts'

/** Reads OpenStack's state of a project; undefined for anything else, and where OpenStack is off. */
export async function readProjectState(
  { openstack, table }: ApiDeps,
  customerId: string,
  { type, id }: ResourceRef,
): Promise<OpenStackKnown | undefined> {
  if (!openstack || type !== 'project' || id === mainProjectId || !isId(id) || !isId(customerId))
    return undefined
  // First: a fan-out request is deleted only after all its projects are marked pending.
  const fanOutPending = await findFanOutPending(table, customerId)
  return { record: await findRecord(table, { customerId, projectId: id }), fanOutPending }
}
