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

export type FollowedOptions = Omit<ProvisionedOptions, 'openstack'> & {
  keystone: Keystone
  /** Of the mapping. */
  variables?: Variables
  drift?: OpenStackOptions['drift']
  /** Without, nobody but the test calls the worker. */
  onStream?: boolean
  /** Lets pauses and holds end, where the test's clock is its own. */
  advance?: (milliseconds: number) => void
}

export type Line = { level: string; message: string; fields: Record<string, unknown> | undefined }

/** Provisioning with Keystone behind it, as it runs locally. */
export async function startFollowed(engine: TestEngine, options: FollowedOptions) {
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

  /** Nothing is due or on its way any more, as the table has it. */
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
    /** Another worker over the same table, as another Lambda's instance is. */
    worker,
    isSettled,
    /** Sweeps as the clock does, until nothing is pending any more. */
    follow: async ({ seconds = 60 } = {}): Promise<void> => {
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

export type Followed = Awaited<ReturnType<typeof startFollowed>>
