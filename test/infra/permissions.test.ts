import { readdirSync, readFileSync } from 'node:fs'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { expect, test } from 'vitest'
import { instantOf } from '../../shared/domain/values/instant.ts'
import { recordDelivery } from '../../shared/provisioning/record-delivery.ts'
import { documentOptions, openTable, type Table } from '../../shared/table/table.ts'
import { recordUsage } from '../../shared/usage/usage-store.ts'
import { dayOf } from '../../shared/usage/usage.ts'
import { startTestEngine } from '../support/engine.ts'
import { actionsOf, modes, synthesize } from './synthesized.ts'

// The local engine refuses nobody: a permission that is missing would first show on AWS.
const engine = await startTestEngine()
const [settings, names] = modes.at(-1) ?? [{}, []]
const { template } = synthesize(settings)
const ofTable = names.filter((name) => !['Access', 'Webhooks', 'Relay', 'UsageWorker'].includes(name))

/** Actions of IAM, by the SDK's operation. */
const actionsOfOperation: Record<string, string[]> = {
  Get: ['GetItem'],
  BatchGet: ['BatchGetItem'],
  Query: ['Query'],
  Put: ['PutItem'],
  Update: ['UpdateItem'],
  Delete: ['DeleteItem'],
  TransactGet: ['GetItem'],
  // Ours put, update, delete and check.
  TransactWrite: ['ConditionCheckItem', 'DeleteItem', 'PutItem', 'UpdateItem'],
}
const neededFor = (operations: string[]) =>
  operations.flatMap((operation) => actionsOfOperation[operation] ?? [`unknown: ${operation}`])
const now = () => new Date('2026-01-02T03:04:05Z')

test.each(ofTable)('%s may do every command of the table code', (name) => {
  const folder = new URL('../../shared/table/', import.meta.url)
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts'))
  const code = files.map((file) => readFileSync(new URL(file, folder), 'utf8'))
  const operations = code.flatMap((text) =>
    [...text.matchAll(/new (\w+)Command\(/g)].map(([, operation = '']) => operation),
  )
  const needed = neededFor(operations)
  expect(needed.length).toBeGreaterThan(0)
  expect(actionsOf(template, name, 'dynamodb')).toEqual(expect.arrayContaining(needed))
})

/** Returns the operations of some work with a table. */
async function operationsOf(work: (table: Table) => Promise<unknown>): Promise<string[]> {
  const operations = new Set<string>()
  const client = engine.connect()
  client.middlewareStack.add(
    (next, context) => (args) => {
      operations.add(`${context.commandName}`.replace(/(Items?)?Command$/, ''))
      return next(args)
    },
    { step: 'initialize' },
  )
  const documents = DynamoDBDocumentClient.from(client, documentOptions)
  await work(openTable({ documents, name: await engine.createTable(), now }))
  client.destroy()
  return [...operations]
}

const delivery = {
  source: 'orders',
  id: 'msg_1',
  type: 'user.deleted',
  timestamp: instantOf(now()),
  body: '{}',
}
const resource = { kind: 'project', id: 'main' } as const
const use = { customerId: 'ACM000001', userId: 'usr_1', resource, level: 'read' } as const

test.each([
  ['Webhooks', 'PutItem', (table: Table) => recordDelivery(table, delivery, instantOf(now()))],
  ['UsageWorker', 'UpdateItem', (table: Table) => recordUsage(table, [use], dayOf(now()))],
] as const)('%s may do its work, the second time too: %s and all else', async (name, action, work) => {
  const operations = await operationsOf(async (table) => {
    for (let time = 0; time < 2; time++) await work(table)
  })
  const needed = neededFor(operations)
  expect(needed).toContain(action)
  expect(actionsOf(template, name, 'dynamodb')).toEqual(expect.arrayContaining(needed))
})
