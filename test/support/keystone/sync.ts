import { setTimeout as pause } from 'node:timers/promises'
import { streamFilters } from '../../../functions/openstack/stream-filter.ts'
import {
  createOpenStack,
  type OpenStack,
  type OpenStackOptions,
} from '../../../functions/openstack/worker.ts'
import type { Keystone } from '../../../shared/openstack/keystone/client.ts'
import { readMapping } from '../../../shared/openstack/plan/mapping.ts'
import { countInState, findFanOutPending } from '../../../shared/openstack/sync/store.ts'
import type { Variables } from '../../../shared/openstack/transport/read-config.ts'
import { listCustomers } from '../../../shared/records/customers.ts'
import type { TestEngine } from '../engine.ts'
import { type ProvisionedOptions, startProvisioned } from '../provisioned.ts'

export type SyncOptions = Omit<ProvisionedOptions, 'openstack'> & {
  keystone: Keystone
  /** Of the mapping. */
  variables?: Variables
  drift?: OpenStackOptions['drift']
  /** False: only the test calls the worker. */
  onStream?: boolean
  /** Moves the test's own clock, so that pauses and leases end. */
  advance?: (milliseconds: number) => void
}

export type Line = { level: string; message: string; fields: Record<string, unknown> | undefined }

/** Provisioning with Keystone behind it, as it runs locally. */
export async function startSync(engine: TestEngine, options: SyncOptions) {
  const provisioned = await startProvisioned(engine, { ...options, openstack: true })
  const { table, stream } = provisioned
  const lines: Line[] = []
  const worker = (keystone = options.keystone, itsTable = table): OpenStack =>
    createOpenStack({
      table: itsTable,
      keystone,
      mapping: readMapping(options.variables ?? {}),
      drift: options.drift ?? 'repair',
      pauses: { firstPause: 20, longestPause: 200 },
      log: (level, message, fields) => void lines.push({ level, message, fields }),
    })
  const openstack = worker()
  if (options.onStream ?? true) stream.subscribe({ handle: openstack.onStream, filters: streamFilters })

  /** True once the table has no due item and no pending fan-out. */
  async function isSettled(): Promise<boolean> {
    const { items } = await listCustomers(table, { limit: 100 })
    const spreading = await Promise.all(items.map(({ id }) => findFanOutPending(table, id)))
    const [pending, failed] = await Promise.all([
      countInState(table, 'pending', 10),
      countInState(table, 'failed', 10),
    ])
    return pending.count + failed.count === 0 && spreading.every((since) => since === undefined)
  }

  return {
    ...provisioned,
    openstack,
    lines,
    /** Another worker over the same table, like another instance of the Lambda. */
    worker,
    isSettled,
    /** Sweeps as the clock does, until nothing is pending any more. */
    untilSettled: async ({ seconds = 60 } = {}): Promise<void> => {
      const deadline = performance.now() + seconds * 1000
      await stream.drain()
      while (!(await isSettled())) {
        if (performance.now() > deadline)
          throw new Error(`not settled after ${seconds} s: ${JSON.stringify(lines.slice(-5))}`)
        await openstack.sweep()
        await stream.drain()
        options.advance?.(30_000)
        await pause(20)
      }
    },
  }
}

export type Sync = Awaited<ReturnType<typeof startSync>>
