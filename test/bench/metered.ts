import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { connect } from '../../infra/local/connect.ts'
import { createTable } from '../../infra/local/create-table.ts'
import { startEngine } from '../../infra/local/engine.ts'
import { documentOptions, openTable } from '../../shared/table/table.ts'
import type { TestEngine } from '../support/engine.ts'
import { startProvisioned } from '../support/provisioned.ts'
import type { TimedEvent } from '../support/timeline.ts'
import { createMeter, type Usage } from './meter.ts'

export type BenchEngine = TestEngine & { pid: number; stop: () => Promise<void> }

/** An engine in memory, as tests have it. */
export async function startBenchEngine(): Promise<BenchEngine> {
  const engine = await startEngine()
  const client = connect(engine.endpoint)
  const documents = DynamoDBDocumentClient.from(client, documentOptions)
  const createBench = async () => {
    await createTable(client, 'bench')
    return 'bench'
  }
  return {
    endpoint: engine.endpoint,
    pid: engine.pid,
    client,
    documents,
    connect: () => connect(engine.endpoint),
    createTable: createBench,
    openTable: async (now = () => new Date()) => openTable({ documents, name: await createBench(), now }),
    stop: async () => {
      client.destroy()
      await engine.stop()
    },
  }
}

/** Provisioning on an engine in memory, without HTTP, that can tell what things cost. */
export async function startMetered() {
  const engine = await startBenchEngine()
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
      await engine.stop()
    },
  }
}

export type Metered = Awaited<ReturnType<typeof startMetered>>
