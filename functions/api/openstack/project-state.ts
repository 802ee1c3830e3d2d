import type { Project } from '../../../shared/domain/entities/project.ts'
import { type OpenStackView, openstackView } from '../../../shared/openstack/sync/project-record.ts'
import { findRecords, findFanOutPending } from '../../../shared/openstack/sync/store.ts'
import type { Page } from '../../../shared/table/query.ts'
import { type RequestContext, customerOf } from '../authorization/request-context.ts'

type ShownProject = { project: Project; openstack: OpenStackView }

/** Adds OpenStack's state to a page of projects, by three requests at most. */
export async function withOpenStack(
  call: RequestContext,
  { items, next }: Page<Project>,
): Promise<Page<ShownProject>> {
  const { openstack, table } = call.deps
  const customer = customerOf(call)
  if (!openstack) return { items: items.map((project) => ({ project, openstack: off(project) })), next }
  const ids = items.map(({ id }) => id)
  // First: a fan-out request is deleted only after all its projects are marked pending.
  const fanOutPending = await findFanOutPending(table, customer.id)
  const records = await findRecords(table, customer.id, ids)
  return {
    items: items.map((project, place) => ({
      project,
      openstack: openstackView(project, customer, records[place], fanOutPending),
    })),
    next,
  }
}

/** Returns the state of the project of the path, or of one that the request has just created. */
export function openstackOf(call: RequestContext, project: Project): OpenStackView {
  if (!call.deps.openstack) return off(project)
  const { record, fanOutPending } = call.access.openstack ?? {}
  return openstackView(project, customerOf(call), record, fanOutPending)
}

const off = ({ createdAt }: Project): OpenStackView => ({ state: 'off', since: createdAt })
