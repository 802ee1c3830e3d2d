import { presentInstant } from '../../../shared/domain/values/instant.ts'
import { findFullSync } from '../../../shared/openstack/sync/full-sync-store.ts'
import { type Counted, countInState, findOldest } from '../../../shared/openstack/sync/store.ts'
import type { ApiDeps } from '../authorization/deps.ts'
import type { Representation } from '../schemas.ts'

/** Together with those for the oldest and the full sync, as many requests as one call may make. */
const maxRequests: Record<Counted, number> = { ready: 3, pending: 2, failed: 1, spreading: 1 }

/** Counts come from an index; `complete` is false where there are more than one call can count. */
export async function findOpenStackStatus({
  table,
  openstack,
}: ApiDeps): Promise<Representation<'openstackStatus'>> {
  if (!openstack) return { state: 'off' }
  const count = (state: Counted) => countInState(table, state, maxRequests[state])
  const [pending, ready, failed, spreading, oldestProject, oldestFanOut, fullSync] = await Promise.all([
    count('pending'),
    count('ready'),
    count('failed'),
    count('spreading'),
    findOldest(table, 'pending'),
    findOldest(table, 'spreading'),
    findFullSync(table),
  ])
  const oldest = [oldestProject, oldestFanOut]
    .filter((each) => each !== undefined)
    .sort((one, other) => (one.since < other.since ? -1 : 1))[0]
  return {
    state: 'on',
    projects: { pending: pending.count, ready: ready.count, failed: failed.count },
    spreading: spreading.count,
    complete: [pending, ready, failed, spreading].every(({ isAll }) => isAll),
    oldestPending: oldest && { ...oldest, since: presentInstant(oldest.since) },
    lastFullPass: fullSync?.last && {
      startedAt: presentInstant(fullSync.last.startedAt),
      endedAt: presentInstant(fullSync.last.endedAt),
      projects: fullSync.last.projects,
      drift: fullSync.last.drift,
    },
  }
}
