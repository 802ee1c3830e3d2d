import { presentInstant } from '../../shared/domain/instant.ts'
import type { OpenStackState } from '../../shared/domain/openstack.ts'
import { openstackStates } from '../../shared/domain/openstack.ts'
import { countInState, findOldest, findPass } from '../../shared/table/openstack.ts'
import type { ApiDeps } from './deps.ts'

/** With those for the oldest and the pass no more than a call may make. */
const requestsEach: Record<OpenStackState, number> = { ready: 5, pending: 2, failed: 1 }

/** Counts are as an index has them; `complete` is false where there are more than can be counted in one call. */
export async function findOpenStackStatus({ table, openstack }: ApiDeps) {
  if (!openstack) return { state: 'off' }
  const [counted, oldest, pass] = await Promise.all([
    Promise.all(openstackStates.map((state) => countInState(table, state, requestsEach[state]))),
    findOldest(table, 'pending'),
    findPass(table),
  ])
  const counts = openstackStates.map((state, place) => [state, counted[place]?.count ?? 0])
  return {
    state: 'on',
    projects: Object.fromEntries(counts),
    complete: counted.every(({ isAll }) => isAll),
    oldestPending: oldest && { ...oldest, since: presentInstant(oldest.since) },
    lastFullPass: pass?.last && {
      startedAt: presentInstant(pass.last.startedAt),
      endedAt: presentInstant(pass.last.endedAt),
      projects: pass.last.projects,
      drift: pass.last.drift,
    },
  }
}
