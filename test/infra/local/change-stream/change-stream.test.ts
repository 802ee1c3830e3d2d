import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import type { DynamoDBRecord } from 'aws-lambda'
import { afterEach, expect, test } from 'vitest'
import {
  type Consumer,
  type ChangeStream,
  openChangeStream,
} from '../../../../infra/local/change-stream/change-stream.ts'
import type { StreamFilter } from '../../../../shared/table/stream.ts'
import { startTestEngine } from '../../../support/engine.ts'

const engine = await startTestEngine()
const table = await engine.createTable()
const at = new Date('2026-11-23T10:00:00Z')
const everything: StreamFilter[] = [{ dynamodb: { Keys: { pk: { S: [{ prefix: '' }] } } } }]

let client: DynamoDBClient
let stream: ChangeStream

function tapped(consumer: Partial<Consumer> & Pick<Consumer, 'handle'>) {
  client = engine.connect()
  stream = openChangeStream(client, { now: () => at, log: () => {} })
  stream.subscribe({ filters: everything, firstPause: 1, ...consumer })
}

afterEach(async () => {
  await stream.stop()
  client.destroy()
})

const key = (pk: string, sk = 'A') => ({ pk: { S: pk }, sk: { S: sk } })
const put = (pk: string, ConditionExpression?: string) =>
  client.send(new PutItemCommand({ TableName: table, Item: key(pk), ConditionExpression }))
const pkOf = (record: DynamoDBRecord) => record.dynamodb?.Keys?.pk?.S
const sequenceOf = (record: DynamoDBRecord | undefined) => record?.dynamodb?.SequenceNumber ?? ''
const told = (records: DynamoDBRecord[]) => records.map((record) => `${record.eventName} ${pkOf(record)}`)

function collector() {
  const records: DynamoDBRecord[] = []
  const handle: Consumer['handle'] = async (event) => void records.push(...event.Records)
  return { records, handle }
}

test('every kind of write has a record with its keys, like a DynamoDB stream', async () => {
  const { records, handle } = collector()
  tapped({ handle, shards: 1 })
  await put('put')
  await put('new', 'attribute_not_exists(pk)')
  await client.send(new UpdateItemCommand({ TableName: table, Key: key('put') }))
  await client.send(new DeleteItemCommand({ TableName: table, Key: key('put') }))
  await stream.drain()
  expect(told(records)).toEqual(['MODIFY put', 'INSERT new', 'MODIFY put', 'REMOVE put'])
  expect(records[0]).toMatchObject({
    eventSource: 'aws:dynamodb',
    dynamodb: {
      Keys: { pk: { S: 'put' }, sk: { S: 'A' } },
      StreamViewType: 'KEYS_ONLY',
      ApproximateCreationDateTime: at.getTime() / 1000,
    },
  })
  const sequence = records.map(sequenceOf)
  expect(sequence).toEqual(sequence.toSorted())
  expect(new Set(records.map((record) => record.eventID)).size).toBe(4)
})

test('a transaction has a record for each write, without its checks', async () => {
  const { records, handle } = collector()
  tapped({ handle, shards: 1 })
  const terms = { TableName: table }
  await client.send(
    new TransactWriteItemsCommand({
      TransactItems: [
        { Put: { ...terms, Item: key('t1'), ConditionExpression: 'attribute_not_exists(pk)' } },
        { ConditionCheck: { ...terms, Key: key('t2'), ConditionExpression: 'attribute_not_exists(pk)' } },
        { Delete: { ...terms, Key: key('t3') } },
        { Update: { ...terms, Key: key('t4'), UpdateExpression: 'REMOVE a' } },
      ],
    }),
  )
  await stream.drain()
  expect(told(records)).toEqual(['INSERT t1', 'REMOVE t3', 'MODIFY t4'])
})

test('a document client on the same client has records, too', async () => {
  const { records, handle } = collector()
  tapped({ handle })
  await DynamoDBDocumentClient.from(client).send(
    new PutCommand({ TableName: table, Item: { pk: 'doc', sk: 'A' } }),
  )
  await stream.drain()
  expect(told(records)).toEqual(['MODIFY doc'])
})

test('reads and refused writes have no record', async () => {
  const { records, handle } = collector()
  tapped({ handle })
  await client.send(new GetItemCommand({ TableName: table, Key: key('put') }))
  await expect(put('nothing', 'attribute_exists(pk)')).rejects.toThrow('conditional request failed')
  await stream.drain()
  expect(records).toEqual([])
})

test('a consumer gets the records of its filters only', async () => {
  const { records, handle } = collector()
  const filters: StreamFilter[] = [
    { eventName: ['INSERT'], dynamodb: { Keys: { pk: { S: [{ prefix: 'D#' }] } } } },
    { dynamodb: { Keys: { pk: { S: ['exactly', { prefix: 'E#' }] }, sk: { S: ['A'] } } } },
  ]
  tapped({ handle, filters, shards: 1 })
  for (const pk of ['D#1', 'exactly', 'exactly not', 'E#1', 'F#1']) await put(pk)
  await put('D#2', 'attribute_not_exists(pk)')
  await stream.drain()
  expect(told(records)).toEqual(['MODIFY exactly', 'MODIFY E#1', 'INSERT D#2'])
})

test('records of one partition key are handled in order and never at the same time; others in parallel', async () => {
  let now = 0
  let most = 0
  const busy = new Set<string>()
  const order: string[] = []
  tapped({
    handle: async ({ Records }) => {
      const keys = new Set(Records.map((record) => pkOf(record) ?? ''))
      for (const pk of keys) expect(busy.has(pk)).toBe(false)
      for (const pk of keys) busy.add(pk)
      most = Math.max(most, ++now)
      await new Promise((resolve) => setTimeout(resolve, 5))
      for (const record of Records) if (pkOf(record) === 'same') order.push(sequenceOf(record))
      for (const pk of keys) busy.delete(pk)
      now--
    },
  })
  for (let round = 0; round < 5; round++)
    await Promise.all(['same', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((pk) => put(pk)))
  await stream.drain()
  expect(order).toHaveLength(5)
  expect(order).toEqual(order.toSorted())
  expect(most).toBeGreaterThan(1)
  expect(most).toBeLessThanOrEqual(4)
})

test('draining waits for writes of the consumer', async () => {
  const seen: (string | undefined)[] = []
  tapped({
    handle: async ({ Records }) => {
      seen.push(...Records.map(pkOf))
      const depth = seen.length
      if (depth < 5) await put(`chain${depth}`)
    },
  })
  await put('chain0')
  await stream.drain()
  expect(seen).toEqual(['chain0', 'chain1', 'chain2', 'chain3', 'chain4'])
})
