import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import { connect } from '../../infra/local/connect.ts'
import { createTable } from '../../infra/local/create-table.ts'
import { startEngine } from '../../infra/local/engine.ts'
import { orgFile, readOrg } from '../support/orgs.ts'
import { inTemporaryFolder, withService } from './service.ts'
import { valuesTable } from './table.ts'

const atLeast = 0.25
const transactionsAtATime = 2_000
const tableName = 'bare'

/**
 * How fast the whole service provisions an organisation, against what the engine and the SDK can do at best. That is
 * measured before and after, since the machine may have other things to do at times.
 */
export async function bench() {
  return inTemporaryFolder(async (folder) => {
    const engine = await startEngine({ databasePath: join(folder, 'bare.db') })
    const client = connect(engine.endpoint)
    try {
      await createTable(client, tableName)
      await timeTransactions(client, 16)
      const before = await timeBoth(client)
      const provisioned = await provisionedPerSecond()
      const after = await timeBoth(client)
      const perSecond = (first: number, second: number) => (2_000 * transactionsAtATime) / (first + second)
      const together = perSecond(before.together, after.together)
      return [report(provisioned, together, perSecond(before.oneByOne, after.oneByOne))]
    } finally {
      client.destroy()
      await engine.stop()
    }
  })
}

type Provisioned = { applied: number; assured: number }

const report = ({ applied, assured }: Provisioned, together: number, oneByOne: number) =>
  valuesTable('Provisioning kubernetes.jsonl against bare transactions of four items', [
    ['events, until the last is applied', applied, '1/s'],
    ['events, until the command has ended', assured, '1/s'],
    ['bare transactions, 16 at once', together, '1/s'],
    ['bare transactions, one by one', oneByOne, '1/s'],
    ['events applied per bare transaction, 16 at once', { value: applied / together, atLeast }],
    ['events applied per bare transaction, one by one', { value: applied / oneByOne, atLeast }],
  ])

/** From starting the command to the last event applied, and to its end, when it has made sure of all. */
async function provisionedPerSecond(): Promise<Provisioned> {
  const events = readOrg('kubernetes')
  const perSecond = (milliseconds: number) => (1_000 * events.length) / milliseconds
  return inTemporaryFolder((home) =>
    withService(home, async (service) => {
      const start = Date.now()
      await service.provision(orgFile('kubernetes'))
      const end = Date.now()
      const last = await service.lastChange(String(events[0]?.data.customerId))
      return { applied: perSecond(last.getTime() - start), assured: perSecond(end - start) }
    }),
  )
}

async function timeBoth(client: DynamoDBClient) {
  return { together: await timeTransactions(client, 16), oneByOne: await timeTransactions(client, 1) }
}

/** Milliseconds that so many transactions take, some of them at once. */
async function timeTransactions(client: DynamoDBClient, atOnce: number): Promise<number> {
  const documents = DynamoDBDocumentClient.from(client)
  const start = performance.now()
  const turns = Array.from({ length: transactionsAtATime }).keys()
  const lane = async () => {
    for (const _ of turns) await documents.send(bareTransaction())
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  return performance.now() - start
}

/** Four items that nobody has written before. */
const bareTransaction = () => new TransactWriteCommand({ TransactItems: Array.from({ length: 4 }, put) })

/** About 300 bytes. */
function put() {
  const Item = { pk: `B#${randomUUID()}`, sk: 'BARE', text: 'x'.repeat(230) }
  return { Put: { TableName: tableName, Item, ConditionExpression: 'attribute_not_exists(pk)' } }
}
