import type { ResourceRef } from '../../../shared/domain/access/decide.ts'
import { mainProjectId } from '../../../shared/domain/entities/project.ts'
import { isId } from '../../../shared/domain/values/id.ts'
import type { OpenStackKnown } from '../../../shared/openstack/sync/project-record.ts'
import { findRecord, findFanOutPending } from '../../../shared/openstack/sync/store.ts'
import type { ApiDeps } from './deps.ts'

/** Of the project that a route is about; nothing where it's about none, or OpenStack is off. */
export async function readProjectState(
  { openstack, table }: ApiDeps,
  customerId: string,
  { type, id }: ResourceRef,
): Promise<OpenStackKnown | undefined> {
  if (!openstack || type !== 'project' || id === mainProjectId || !isId(id) || !isId(customerId))
    return undefined
  // In this order: a word goes only after what it says has been said of the projects.
  const spreading = await findFanOutPending(table, customerId)
  return { record: await findRecord(table, { customerId, projectId: id }), fanOutPending: spreading }
}
