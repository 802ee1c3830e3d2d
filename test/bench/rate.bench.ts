import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import { connect } from '../../infra/local/connect.ts'
import { createTable } from '../../infra/local/create-table.ts'
import { startEngine } from '../../infra/local/engine.ts'
import { orgFile, readOrg } from '../support/orgs.ts'
import type { TimedEvent } from '../support/timeline.ts'
import { inTemporaryFolder, withService } from './service.ts'
import type { Table } from './table.ts'

const atLeast = 0.25
const transactionsAtATime = 2_000
const tableName = 'bare'

/**
 * How fast the whole service provisions an organisation, against what the engine and the SDK can do at best. That is
 * measured before and after, since the machine may have other things to do at times.
 */
export async function bench(): Promise<Table[]> {
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
      return [
        report({
          provisioned,
          together: perSecond(before.together, after.together),
          oneByOne: perSecond(before.oneByOne, after.oneByOne),
        }),
      ]
    } finally {
      client.destroy()
      await engine.stop()
    }
  })
}

type Rates = { provisioned: { applied: number; assured: number }; together: number; oneByOne: number }

function report({ provisioned: { applied, assured }, together, oneByOne }: Rates): Table {
  return {
    title: 'Provisioning kubernetes.jsonl against bare transactions of four items',
    columns: ['value'],
    rows: [
      { name: 'events, until the last is applied', unit: '1/s', cells: [applied] },
      { name: 'events, until the command has ended', unit: '1/s', cells: [assured] },
      { name: 'bare transactions, 16 at once', unit: '1/s', cells: [together] },
      { name: 'bare transactions, one by one', unit: '1/s', cells: [oneByOne] },
      {
        name: 'events applied per bare transaction, 16 at once',
        cells: [{ value: applied / together, atLeast }],
      },
      {
        name: 'events applied per bare transaction, one by one',
        cells: [{ value: applied / oneByOne, atLeast }],
      },
    ],
  }
}

/** From starting the command to the last event applied, and to its end, when it has made sure of all. */
async function provisionedPerSecond(): Promise<{ applied: number; assured: number }> {
  const events = readOrg('kubernetes')
  const perSecond = (milliseconds: number) => (1_000 * events.length) / milliseconds
  return inTemporaryFolder((home) =>
    withService(home, async (service) => {
      const start = Date.now()
      await service.provision(orgFile('kubernetes'))
      const end = Date.now()
      const last = await service.lastChange(tenant(events[0]))
      return { applied: perSecond(last.getTime() - start), assured: perSecond(end - start) }
    }),
  )
}

const tenant = (event: TimedEvent | undefined) => String(event?.data.customerId)

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

/** Four items of about 300 bytes that nobody has written before. */
function bareTransaction(): TransactWriteCommand {
  return new TransactWriteCommand({
    TransactItems: Array.from({ length: 4 }, () => ({
      Put: {
        TableName: tableName,
        Item: { pk: `B#${randomUUID()}`, sk: 'BARE', text: 'x'.repeat(230) },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    })),
  })
}
