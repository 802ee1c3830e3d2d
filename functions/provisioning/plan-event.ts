import { assignServer } from '../../shared/directory/assign-server.ts'
import type { Context, Plan } from '../../shared/directory/context.ts'
import { createCustomer } from '../../shared/directory/create-customer.ts'
import { createProject } from '../../shared/directory/create-project.ts'
import { createServer } from '../../shared/directory/create-server.ts'
import { createUser } from '../../shared/directory/create-user.ts'
import { deleteProject } from '../../shared/directory/delete-project.ts'
import { deleteServer } from '../../shared/directory/delete-server.ts'
import { deleteUser } from '../../shared/directory/delete-user.ts'
import { grantMembership } from '../../shared/directory/grant-membership.ts'
import { revokeMembership } from '../../shared/directory/revoke-membership.ts'
import { setCustomerStatus } from '../../shared/directory/set-customer-status.ts'
import { setUserStatus } from '../../shared/directory/set-user-status.ts'
import { unassignServer } from '../../shared/directory/unassign-server.ts'
import { updateCustomer } from '../../shared/directory/update-customer.ts'
import { updateUser } from '../../shared/directory/update-user.ts'
import type { Delivery } from '../../shared/domain/delivery.ts'
import { DomainError } from '../../shared/domain/errors.ts'
import type { EventDataOf, EventType } from '../../shared/domain/provisioning-event.ts'
import { eventData, isEventType } from '../../shared/domain/provisioning-event.ts'
import { validate } from '../../shared/domain/validate.ts'

type Planner<T extends EventType> = (context: Context, data: EventDataOf<T>) => Promise<Plan>

/** The use case of each event type. */
const planners: { [T in EventType]: Planner<T> } = {
  'customer.created': createCustomer,
  'customer.updated': updateCustomer,
  'customer.suspended': (context, data) => setCustomerStatus(context, { ...data, status: 'suspended' }),
  'customer.resumed': (context, data) => setCustomerStatus(context, { ...data, status: 'active' }),
  'customer.closed': (context, data) => setCustomerStatus(context, { ...data, status: 'closed' }),
  'user.created': createUser,
  'user.updated': updateUser,
  'user.disabled': (context, data) => setUserStatus(context, { ...data, status: 'disabled' }),
  'user.enabled': (context, data) => setUserStatus(context, { ...data, status: 'active' }),
  'user.deleted': deleteUser,
  'project.created': createProject,
  'project.deleted': deleteProject,
  'membership.granted': grantMembership,
  'membership.revoked': revokeMembership,
  'server.created': createServer,
  'server.deleted': deleteServer,
  'server.assigned': assignServer,
  'server.unassigned': unassignServer,
}

/** What the delivery's event comes to, by the directory as it is. Refusals are thrown. */
export function planEvent(
  context: Context,
  { type, body }: Delivery,
  customerIdPattern: RegExp,
): Promise<Plan> {
  if (!isEventType(type)) throw new DomainError('invalid-request', 'no such event type')
  return plan(context, type, JSON.parse(body), customerIdPattern)
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- ties the type to its data and planner
async function plan<T extends EventType>(
  context: Context,
  type: T,
  { data }: { data: unknown },
  customerIdPattern: RegExp,
): Promise<Plan> {
  const input = validate(eventData[type], data) as EventDataOf<T>
  if (!customerIdPattern.test(input.customerId)) {
    throw new DomainError('invalid-request', '/customerId must be a customer identifier such as BGE000081')
  }
  const reason = 'reason' in input ? input.reason : undefined
  return planners[type]({ ...context, reason }, input)
}
