import type { CustomerView, UserView } from '../../directory/change/audit-view.ts'
import { mainProjectId } from '../../domain/entities/project.ts'
import type { ResourceChange } from '../../domain/values/audit-event.ts'
import type { Instant } from '../../domain/values/instant.ts'
import type { Write } from '../../table/item.ts'
import { keys } from '../../table/keys.ts'
import { markProjectPending, requestFanOut } from './store.ts'

/** Fields of the audit views that Keystone or a membership depends on. */
const watchedFields = {
  user: ['email', 'type', 'status', 'adminSince', 'lastDeleted', 'typeStamp', 'voidUntil', 'wasOwner'],
  customer: ['status'],
} as const satisfies { user: (keyof UserView)[]; customer: (keyof CustomerView)[] }

/**
 * Outbox entries for the OpenStack worker, derived from the audit event's changes and written in the same transaction.
 * A change of one project marks that project pending; a change of a user or customer requests a fan-out to all its projects.
 */
export function syncRequestsFor(
  customerId: string,
  changes: readonly ResourceChange[],
  now: Instant,
): Write[] {
  const fanOuts = [...changes.flatMap(fanOutOf('user')), ...changes.flatMap(fanOutOf('customer'))]
  const projectIds = new Set(changes.flatMap(projectOf(new Set(fanOuts.map(({ id }) => id)))))
  return [
    ...fanOuts.map(({ kind, id }) => requestFanOut(keys.fanOut(customerId, kind, id), now)),
    ...[...projectIds].map((projectId) => markProjectPending({ customerId, projectId }, now)),
  ]
}

const fanOutOf =
  (kind: keyof typeof watchedFields) =>
  (change: ResourceChange): { kind: typeof kind; id: string }[] => {
    const { type, id } = change.resource
    return type === kind && isWatchedChange(change, watchedFields[kind]) ? [{ kind, id }] : []
  }

function isWatchedChange({ before, after }: ResourceChange, fields: readonly string[]): boolean {
  if (!after) return true
  // A late event may create a user who was an admin before, and so is in existing projects. Other new users are in none.
  if (!before) return after.adminSince !== undefined
  return fields.some((field) => before[field] !== after[field])
}

/** The project of a changed project or membership, unless the user's fan-out reaches it anyway. */
const projectOf =
  (fannedOut: ReadonlySet<string>) =>
  ({ resource: { type, id } }: ResourceChange): string[] => {
    if (type !== 'project' && type !== 'membership') return []
    const [projectId = '', userId = ''] = id.split('/')
    return projectId === mainProjectId || fannedOut.has(userId) ? [] : [projectId]
  }
