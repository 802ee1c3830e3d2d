import { presentInstant } from '../../../shared/domain/values/instant.ts'
import { findFullSync } from '../../../shared/openstack/sync/full-sync-store.ts'
import { type Counted, countInState, findOldest } from '../../../shared/openstack/sync/store.ts'
import type { ApiDeps } from '../authorization/deps.ts'

/** With those for the oldest and the pass no more than a call may make. */
const requestsEach: Record<Counted, number> = { ready: 3, pending: 2, failed: 1, spreading: 1 }
const counted = ['pending', 'ready', 'failed', 'spreading'] as const

/** Counts are as an index has them; `complete` is false where there are more than can be counted in one call. */
export async function findOpenStackStatus({ table, openstack }: ApiDeps) {
  if (!openstack) return { state: 'off' }
  const [counts, pending, spreading, pass] = await Promise.all([
    Promise.all(
      counted.map(async (state) => [state, await countInState(table, state, requestsEach[state])] as const),
    ),
    findOldest(table, 'pending'),
    findOldest(table, 'spreading'),
    findFullSync(table),
  ])
  const { spreading: said, ...projects } = Object.fromEntries(
    counts.map(([state, { count }]) => [state, count]),
  )
  const oldest = [pending, spreading]
    .filter((each) => each !== undefined)
    .sort((one, other) => (one.since < other.since ? -1 : 1))[0]
  return {
    state: 'on',
    projects,
    spreading: said,
    complete: counts.every(([, { isAll }]) => isAll),
    oldestPending: oldest && { ...oldest, since: presentInstant(oldest.since) },
    lastFullPass: pass?.last && {
      startedAt: presentInstant(pass.last.startedAt),
      endedAt: presentInstant(pass.last.endedAt),
      projects: pass.last.projects,
      drift: pass.last.drift,
    },
  }
}
