import { mainProjectId } from '../../domain/entities/project.ts'
import type { ResourceChange } from '../../domain/values/audit-event.ts'
import type { Instant } from '../../domain/values/instant.ts'
import type { Write } from '../../table/item.ts'
import { keys } from '../../table/keys.ts'
import { markProjectPending, requestFanOut } from './store.ts'

/** Of a user, what Keystone or any membership depends on; of a customer, likewise. */
const watchedFields = {
  user: ['email', 'type', 'status', 'adminSince', 'lastDeleted', 'typeStamp', 'voidUntil', 'wasOwner'],
  customer: ['status'],
} as const

/**
 * What a Change says to the OpenStack worker, told from what its audit event lists, so that no use case has to know of it: a
 * project is touched by what concerns it alone; what a user or customer became has to be spread over its projects.
 */
export function syncRequestsFor(
  customerId: string,
  changes: readonly ResourceChange[],
  now: Instant,
): Write[] {
  const spread = (['user', 'customer'] as const).flatMap((kind) =>
    changes
      .filter(({ resource, ...sides }) => resource.type === kind && differs(sides, watchedFields[kind]))
      .map(({ resource }) => ({ kind, id: resource.id })),
  )
  const users = new Set(spread.filter(({ kind }) => kind === 'user').map(({ id }) => id))
  const touched = new Set<string>()
  for (const { resource } of changes) {
    const [projectId = '', userId] = resource.id.split('/')
    if (!['project', 'membership'].includes(resource.type) || projectId === mainProjectId) continue
    // With a user who is spread comes whatever it holds, however many.
    if (!userId || !users.has(userId)) touched.add(projectId)
  }
  return [
    ...spread.map(({ kind, id }) => requestFanOut(keys.fanOut(customerId, kind, id), now)),
    ...[...touched].map((projectId) => markProjectPending({ customerId, projectId }, now)),
  ]
}

function differs(
  { before, after }: Pick<ResourceChange, 'before' | 'after'>,
  names: readonly string[],
): boolean {
  if (!after) return true
  // An event may tell late of an admin, who is in projects that are there already. Nobody else is in any yet.
  if (!before) return after.adminSince !== undefined
  return names.some((name) => before[name] !== after[name])
}
