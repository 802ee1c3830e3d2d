import { openEngine } from '../support/open-engine.ts'
import { startProvisioned } from '../support/provisioned.ts'
import type { TimedEvent } from '../support/timeline.ts'
import { createMeter, type Usage } from './meter.ts'

/** Provisioning on an engine in memory, without HTTP, that can tell what things cost. */
export async function startMetered() {
  const engine = await openEngine()
  const provisioned = await startProvisioned(engine)
  const measure = createMeter(provisioned.client)
  return {
    ...provisioned,
    endpoint: engine.endpoint,
    measure,
    /** What one delivery takes, all told: recording it, applying it, and looking for what its effects may wake. */
    async costOf(event: TimedEvent): Promise<Usage> {
      const usage = await measure(async () => {
        await provisioned.record(event)
        await provisioned.settle()
      })
      const status = await provisioned.statusOf(event.id)
      if (status !== 'applied') throw new Error(`${event.type} was not applied: ${status}`)
      return usage
    },
    async stop() {
      await provisioned.stop()
      await engine.end()
    },
  }
}

export type Metered = Awaited<ReturnType<typeof startMetered>>
