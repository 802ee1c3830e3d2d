import type { ProjectDiff } from '../../../functions/openstack/converge/project-diff.ts'
import type { Run } from '../../../functions/openstack/run/deps.ts'
import { shareLists } from '../../../functions/openstack/run/shared-lists.ts'
import { instantOf } from '../../../shared/domain/values/instant.ts'
import { connectKeystone } from '../../../shared/openstack/keystone/client.ts'
import { readMapping } from '../../../shared/openstack/plan/mapping.ts'
import type { OpenStackRecord } from '../../../shared/openstack/sync/project-record.ts'
import { findRecord, recordItem } from '../../../shared/openstack/sync/store.ts'
import { readKeystoneConfig } from '../../../shared/openstack/transport/read-config.ts'
import { versionOf } from '../../../shared/table/item.ts'
import type { TestEngine } from '../../support/engine.ts'
import { stoppedClock } from '../provisioning/clock.ts'

export const customerId = 'BGE000081'
export const mapping = readMapping({})

/** Nobody answers there. */
const config = readKeystoneConfig({
  OS_AUTH_URL: 'http://127.0.0.1:1/v3',
  OS_USERNAME: 'latchkey',
  OS_PASSWORD: 's3cret',
  OS_SYSTEM_SCOPE: 'all',
})

/** A Keystone that can't be reached, with a count of the requests. */
export function unreachableKeystone() {
  if (!config) throw new Error('OpenStack is off')
  const requests = { count: 0 }
  const observe = () => void requests.count++
  return { requests, keystone: connectKeystone(config, { attempts: 1, observe }) }
}

export async function startRuns(engine: TestEngine) {
  const clock = stoppedClock('2026-11-23T12:00:00Z')
  const table = await engine.openTable(clock.now)
  const lines: string[] = []
  const { keystone } = unreachableKeystone()
  let projects = 0
  const runOf = (projectId: string, id = 'r1'): Run => ({
    deps: { table, keystone, mapping, log: (level, message) => void lines.push(`${level}: ${message}`) },
    ref: { customerId, projectId },
    lists: shareLists({ read: () => Promise.reject(new Error('no lists')), now: clock.now, maxAge: 0 }),
    id,
  })
  return {
    table,
    clock,
    lines,
    runOf,
    now: () => instantOf(clock.now()),
    freshRun: () => runOf(`prj_${++projects}`),
    recordOf: ({ ref }: Run) => findRecord(table, ref),
    /** Returns the written record. */
    write: async ({ ref }: Run, record: Omit<OpenStackRecord, 'customerId' | 'projectId'>) => {
      const expectedVersion = versionOf(await findRecord(table, ref))
      await table.transact([{ put: recordItem({ ...record, ...ref }), expectedVersion }])
      return findRecord(table, ref)
    },
  }
}

/** The diff of a project that matches the directory, with the given changes. */
export function emptyDiff(
  change: Partial<ProjectDiff['plan']> & Partial<Omit<ProjectDiff, 'plan'>> = {},
): ProjectDiff {
  const { steps = [], obstacles = [], projectId = 'k1', ...rest } = change
  const at = '2026-11-23T12:00:00.000000000Z'
  const project = { id: 'prj_1', customerId, kind: 'openstack', name: 'web', status: 'active' } as const
  return {
    plan: { projectId, steps, obstacles, strangers: [] },
    project: { ...project, createdAt: at, updatedAt: at, version: 1 },
    desired: { customerId, project, suspended: false, members: [] },
    expiresAt: undefined,
    candidateIds: [],
    ...rest,
  }
}
