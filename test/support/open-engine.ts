import { randomUUID } from 'node:crypto'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { connect } from '../../infra/local/connect.ts'
import { createTable } from '../../infra/local/create-table.ts'
import { type Engine, startEngine } from '../../infra/local/engine.ts'
import { documentOptions, openTable, type Table } from '../../shared/table/table.ts'

export type TestEngine = {
  endpoint: string
  pid: number
  client: DynamoDBClient
  documents: DynamoDBDocumentClient
  /** A fresh, empty table with all its indexes; returns its name. */
  createTable: (options?: { stream?: boolean }) => Promise<string>
  /** One of these, opened. */
  openTable: (now?: () => Date) => Promise<Table>
  /** Another client, for a test that adds middleware of its own. */
  connect: () => DynamoDBClient
}

/** A DynamoDB in memory, until it is ended. */
export async function openEngine(): Promise<TestEngine & { end: () => Promise<void> }> {
  const engine = await startEngine()
  void killWithProcess(engine)
  const client = connect(engine.endpoint)
  const documents = DynamoDBDocumentClient.from(client, documentOptions)
  const createFresh: TestEngine['createTable'] = async (options) => {
    const name = `test-${randomUUID()}`
    await createTable(client, name, options)
    return name
  }
  return {
    endpoint: engine.endpoint,
    pid: engine.pid,
    client,
    documents,
    createTable: createFresh,
    openTable: async (now = () => new Date()) => openTable({ documents, name: await createFresh(), now }),
    connect: () => connect(engine.endpoint),
    end: async () => {
      client.destroy()
      engine.kill()
      await engine.ended
    },
  }
}

const running = new Set<Engine>()

/** Engines outlive their process by design. Vitest ends a process with SIGTERM, which runs no `exit` listener. */
async function killWithProcess(engine: Engine): Promise<void> {
  if (running.size === 0) process.once('SIGTERM', killAll)
  running.add(engine)
  await engine.ended
  running.delete(engine)
  if (running.size === 0) process.off('SIGTERM', killAll)
}

function killAll(): void {
  for (const { kill } of running) kill()
  process.exit(143)
}
