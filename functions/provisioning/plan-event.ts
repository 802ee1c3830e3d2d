import type { Context, ChangePlan } from '../../shared/directory/change/change-plan.ts'
import { createCustomer } from '../../shared/directory/customers/create-customer.ts'
import { setCustomerStatus } from '../../shared/directory/customers/set-customer-status.ts'
import { updateCustomer } from '../../shared/directory/customers/update-customer.ts'
import { assignServer, grantMembership, revokeGrant } from '../../shared/directory/grants/change-grant.ts'
import { findTarget, findTargetToRevoke } from '../../shared/directory/grants/find-target.ts'
import { requireCustomer, resolveServer, resolveServerId } from '../../shared/directory/grants/resolve.ts'
import { createProject } from '../../shared/directory/projects/create-project.ts'
import { refuseToDeleteMain } from '../../shared/directory/projects/delete-project.ts'
import { deleteNamedProject } from '../../shared/directory/projects/find-named-project.ts'
import { deleteServer } from '../../shared/directory/servers/delete-server.ts'
import { putServer } from '../../shared/directory/servers/put-server.ts'
import { createUser } from '../../shared/directory/users/create-user.ts'
import { deleteNamedUser, updateNamedUser } from '../../shared/directory/users/find-named-user.ts'
import type { CustomerStatus } from '../../shared/domain/entities/customer.ts'
import { DomainError } from '../../shared/domain/values/errors.ts'
import { validate } from '../../shared/domain/values/validate.ts'
import { refuseMisfit } from '../../shared/provisioning/check-fields.ts'
import type { Delivery } from '../../shared/provisioning/delivery.ts'
import {
  eventData,
  type EventDataOf,
  type EventType,
  isEventType,
} from '../../shared/provisioning/event-types.ts'

type Planner<T extends EventType> = (context: Context, data: EventDataOf<T>) => Promise<ChangePlan>

/** The use case of each event type, applied to the entities that its names resolve to. */
const planners: { [T in EventType]: Planner<T> } = {
  'customer.created': createCustomer,
  'customer.updated': async (context, data) =>
    updateCustomer(context, await requireCustomer(context, data.customerId), data),
  'customer.suspended': setStatus('suspended'),
  'customer.resumed': setStatus('active'),
  'customer.closed': setStatus('closed'),
  'user.created': createUser,
  'user.updated': (context, { name, type, ...data }) => updateNamedUser(context, data, { name, type }),
  'user.disabled': (context, data) => updateNamedUser(context, data, { status: 'disabled' }),
  'user.enabled': (context, data) => updateNamedUser(context, data, { status: 'active' }),
  'user.deleted': deleteNamedUser,
  'project.created': createProject,
  'project.deleted': async (context, data) => {
    refuseToDeleteMain(data)
    return deleteNamedProject(context, data)
  },
  'membership.granted': async (context, data) => {
    refuseMisfit(data)
    return grantMembership(context, await findTarget(context, data), data)
  },
  'membership.revoked': async (context, data) => {
    refuseMisfit(data)
    return revokeGrant(context, await findTargetToRevoke(context, data))
  },
  'server.created': async (context, data) =>
    putServer(context, (await resolveServerId(context, data)).server, data),
  'server.deleted': async (context, data) => deleteServer(context, await resolveServer(context, data)),
  'server.assigned': async (context, data) => assignServer(context, await findTarget(context, data), data),
  'server.unassigned': async (context, data) => revokeGrant(context, await findTargetToRevoke(context, data)),
}

function setStatus(status: CustomerStatus) {
  return async (context: Context, { customerId }: { customerId: string }) =>
    setCustomerStatus(context, await requireCustomer(context, customerId), status)
}

/**
 * Plans the delivery's event in the present state of the directory. Throws a `DomainError` if it can't be applied.
 */
export function planEvent(
  context: Context,
  { type, body }: Delivery,
  customerIdPattern: RegExp,
): Promise<ChangePlan> {
  if (!isEventType(type)) throw new DomainError('invalid-request', 'no such event type')
  return plan(context, type, JSON.parse(body), customerIdPattern)
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- ties the type to its data and planner
async function plan<T extends EventType>(
  context: Context,
  type: T,
  { data }: { data: unknown },
  customerIdPattern: RegExp,
): Promise<ChangePlan> {
  const input = validate(eventData[type], data) as EventDataOf<T>
  if (!customerIdPattern.test(input.customerId)) {
    throw new DomainError('invalid-request', '/customerId must be a customer identifier such as BGE000081')
  }
  const reason = 'reason' in input ? input.reason : undefined
  return planners[type]({ ...context, reason }, input)
}
