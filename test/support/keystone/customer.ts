import { expect } from 'vitest'
import { readProjectState } from '../../../functions/api/authorization/read-project-state.ts'
import type { OpenStack } from '../../../functions/openstack/worker.ts'
import { type UpdateProject, updateProject } from '../../../shared/directory/projects/update-project.ts'
import { instantOf, stampOf } from '../../../shared/domain/values/instant.ts'
import type { Keystone } from '../../../shared/openstack/keystone/client.ts'
import { openstackView } from '../../../shared/openstack/sync/project-record.ts'
import { findRecord } from '../../../shared/openstack/sync/store.ts'
import { listEvents } from '../../../shared/records/audit-events.ts'
import { commit } from '../../../shared/records/commit.ts'
import { findCustomer } from '../../../shared/records/customers.ts'
import { listProjects } from '../../../shared/records/projects.ts'
import type { Table } from '../../../shared/table/table.ts'
import * as scene from '../../functions/provisioning/scene.ts'
import type { TestEngine } from '../engine.ts'
import type { TimedEvent } from '../timeline.ts'
import { compare } from './equal.ts'
import { findProjectNamed, findUserNamed } from './find.ts'
import { type SyncOptions, startSync } from './sync.ts'

let customers = 0

/**
 * A customer of its own in a Keystone that many tests share, with an admin `ann`, a tech `tom` and a project `web`; a clock
 * that can be moved forward, and workers that only the test triggers.
 */
export async function startCustomer(
  engine: TestEngine,
  keystone: Keystone,
  { begins, ...options }: Partial<SyncOptions> & { begins?: readonly TimedEvent[] } = {},
) {
  const customerId = `BGE${String(++customers).padStart(6, '0')}`
  let ahead = 0
  const now = () => new Date(Date.now() + ahead)
  const advance = (milliseconds: number) => void (ahead += milliseconds)
  const sync = await startSync(engine, { keystone, now, advance, onStream: false, ...options })
  const { table } = sync
  const deliver = (...events: readonly TimedEvent[]) =>
    sync.deliverEach(events.map((each) => ({ ...each, data: { ...each.data, customerId } })))
  await deliver(
    ...(begins ?? [
      scene.customer.created,
      scene.user.created(1, 'ann', 'admin'),
      scene.user.created(2, 'tom', 'tech'),
      scene.project.created(3, 'web'),
    ]),
  )
  if (!begins) await sync.untilSettled()

  const projectsOf = async () =>
    (await listProjects(table, customerId)).items.filter(({ kind }) => kind === 'openstack')
  const refOf = async (name: string) => {
    const project = (await projectsOf()).find((each) => each.name === name)
    return { customerId, projectId: found(project).id }
  }
  const recordOf = async (name: string) => findRecord(table, await refOf(name))
  /** Lines that only Keystone has, and lines that only the directory has. */
  const differences = async () => {
    const { expected, actual } = await compare(table, keystone, customerId)
    return {
      extra: actual.filter((line) => !expected.includes(line)),
      missing: expected.filter((line) => !actual.includes(line)),
    }
  }
  const expectEqual = async () => expect(await differences()).toEqual({ extra: [], missing: [] })
  const sweep = async (times = 1) => {
    for (let time = 0; time < times; time++) await sync.openstack.sweep()
  }
  return {
    ...sync,
    customerId,
    now,
    advance,
    deliver,
    recordOf,
    differences,
    expectEqual,
    sweep,
    settle: async (...events: readonly TimedEvent[]) => {
      await deliver(...events)
      await sync.untilSettled()
    },
    expectEqualInTheEnd: async () => {
      await sync.untilSettled()
      await expectEqual()
    },
    expectFailed: async (name: string, error: string) =>
      expect(await recordOf(name)).toMatchObject({ state: 'failed', error }),
    expectReady: async (...names: string[]) => {
      for (const name of names) expect([name, (await recordOf(name))?.state]).toEqual([name, 'ready'])
      await expectEqual()
    },
    /** Pauses a run of another worker there while something else happens. */
    overtake: async (
      paused: { keystone?: Keystone; table?: Table; isReached: Promise<void>; open: () => void },
      meanwhile: () => Promise<unknown>,
      run = (worker: OpenStack): Promise<unknown> => worker.sweep(),
    ) => {
      const older = run(sync.worker(paused.keystone, paused.table))
      await paused.isReached
      await meanwhile()
      paused.open()
      await older
    },
    /** Renames or describes a project, as an operator does it. */
    change: async (name: string, input: UpdateProject) => {
      const project = found((await projectsOf()).find((each) => each.name === name))
      const at = instantOf(now())
      const actor = { kind: 'operator', id: 'ops' } as const
      const context = { table, actor, stamp: stampOf(at, 'ops'), now: at, openstack: true, reason: 'test' }
      await commit(table, found((await updateProject(context, project, input)).change))
    },
    refOf,
    /** Names of the projects that the API shows as ready. */
    readyProjects: async () => {
      const customer = found(await findCustomer(table, customerId))
      const deps = { table, openstack: true } as Parameters<typeof readProjectState>[0]
      const ready = await Promise.all(
        (await projectsOf()).map(async (project) => {
          const known = await readProjectState(deps, customerId, { type: 'project', id: project.id })
          const view = openstackView(project, customer, known?.record, known?.fanOutPending)
          return view.state === 'ready' ? [project.name] : []
        }),
      )
      return ready.flat()
    },
    /** Audit events of drift. */
    driftEvents: async () => {
      const { items } = await listEvents(table, customerId, { limit: 200 })
      return items.filter(({ type }) => type.startsWith('openstack.'))
    },
    keystoneUser: async (name: string) =>
      found(await findUserNamed(keystone, 'default', `${customerId}_${scene.mail(name)}`)),
    keystoneProject: async (name: string) =>
      found(await findProjectNamed(keystone, 'default', `${customerId}_${name}`)),
  }
}

function found<T>(thing: T | undefined): T {
  if (!thing) throw new Error('it is not there')
  return thing
}
