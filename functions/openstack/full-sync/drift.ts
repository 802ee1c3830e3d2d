import { hash } from 'node:crypto'
import type { AuditEvent, AuditEventType } from '../../../shared/domain/values/audit-event.ts'
import type { Instant } from '../../../shared/domain/values/instant.ts'
import type { RoleAssignment } from '../../../shared/openstack/keystone/assignments.ts'
import { nameInKeystone } from '../../../shared/openstack/plan/names.ts'
import type { Step } from '../../../shared/openstack/plan/step.ts'
import { newEventId } from '../../../shared/records/audit-events.ts'

/** A user or project that differs, and the steps that would repair it. */
export type Found = { customerId: string; id: string; steps: readonly Step[]; now: Instant }

const reason = 'it was found to differ from the directory'

/** The audit event of a repair: the difference in Keystone, and the changes that removed it. */
export function repairedEvent({ customerId, id, steps, now }: Found): AuditEvent {
  return eventOf('openstack.repaired', {
    customerId,
    id,
    now,
    before: foundIn(shown(steps), whoFor(customerId), customerId),
    after: madeBy(shown(steps), customerId),
  })
}

/** The audit event of a difference that is reported and not repaired. */
export function driftedEvent({ customerId, id, steps, now }: Found): AuditEvent {
  const found = foundIn(shown(steps), whoFor(customerId), customerId)
  return eventOf('openstack.drifted', { customerId, id, now, before: found, after: found })
}

/** Equal for the same difference, in whatever order Keystone lists it, so that it is reported once. */
export function fingerprintOf(steps: readonly Step[]): string {
  const lines = steps.map((step) => JSON.stringify([foundIn([step], idOf), madeBy([step])])).sort()
  return hash('sha256', JSON.stringify(lines), 'base64url').slice(0, 22)
}

/** Steps in one event: it has to fit into an item. */
const mostShown = 200
const shown = (steps: readonly Step[]) => steps.slice(0, mostShown)

type Event = Pick<Found, 'customerId' | 'id' | 'now'> & Record<'before' | 'after', Record<string, unknown>>

function eventOf(type: AuditEventType, { customerId, id, now, before, after }: Event): AuditEvent {
  const actor = { kind: 'system', id: 'openstack' } as const
  const changes = [{ resource: { type: 'openstack', id }, before, after } as const]
  return { id: newEventId(now), customerId, at: now, actor, type, reason, changes }
}

/** Hides names and ids of others: another customer's are not this one's to read. */
const whoFor =
  (customerId: string) =>
  ({ principal: { kind, name } }: RoleAssignment): string =>
    name.startsWith(nameInKeystone(customerId, '')) ? name : `another ${kind}`

const idOf = ({ principal: { kind, id } }: RoleAssignment) => `another ${kind} (${id})`

/** Keystone's state before the repair. */
function foundIn(steps: readonly Step[], who: (assignment: RoleAssignment) => string, customerId?: string) {
  return {
    assignments: steps.flatMap((step) =>
      step.do === 'unassign' ? [`${step.assignment.role.name} of ${who(step.assignment)}`] : [],
    ),
    differing: steps.flatMap((step) => ('why' in step ? [`${placeOf(step, customerId)}: ${step.why}`] : [])),
    missing: steps.flatMap((step) => (step.do.startsWith('create') ? [nameOf(step)] : [])),
  }
}

/** The changes of the repair. */
function madeBy(steps: readonly Step[], customerId?: string) {
  return {
    assignments: steps.flatMap((step) => (step.do === 'assign' ? [`${step.role} of ${step.userId}`] : [])),
    changed: steps.flatMap((step) =>
      'why' in step ? [{ [placeOf(step, customerId)]: isOthers(step, customerId) ? {} : step.change }] : [],
    ),
    made: steps.flatMap((step) => (step.do.startsWith('create') ? [nameOf(step)] : [])),
    deleted: steps.flatMap((step) => (step.do === 'delete-project' ? [step.id] : [])),
  }
}

type Change = Extract<Step, { why: unknown }>

/** True for another customer's project or user that gives away a name of this customer's. */
const isOthers = ({ of }: Change, customerId: string | undefined): boolean =>
  of !== undefined && customerId !== undefined && of.customerId !== customerId

function placeOf(step: Change, customerId: string | undefined): string {
  const what = step.do === 'change-project' ? 'project' : 'user'
  return isOthers(step, customerId) ? `another ${what}` : `${what} ${step.id}`
}

function nameOf(step: Step): string {
  if (step.do === 'create-project') return `project ${step.project.name}`
  if (step.do === 'create-user') return `user ${step.user.name}`
  return step.do === 'create-role' ? `role ${step.name}` : step.do
}
