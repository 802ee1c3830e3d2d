import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  type KeySchemaElement,
  ResourceNotFoundException,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import { type Index, indexes, keyAttributes, streamView, ttlAttribute } from '../../shared/table/schema.ts'
import { CliError, messageOf } from './cli-error.ts'

/** Creates the table with its indexes and TTL. The stream is off by default: dynoxide's slows down with its length. */
export async function createTable(client: DynamoDBClient, name: string, { stream = false } = {}) {
  const all = Object.values(indexes)
  const attributes = new Set([
    ...Object.values(keyAttributes),
    ...all.flatMap((index) => [index.partition, index.sort]),
  ])
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [...attributes].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: keySchema(keyAttributes),
      GlobalSecondaryIndexes: all.map((index) => ({
        IndexName: index.name,
        KeySchema: keySchema(index),
        Projection:
          'include' in index
            ? { ProjectionType: 'INCLUDE', NonKeyAttributes: [...index.include] }
            : { ProjectionType: 'KEYS_ONLY' },
      })),
      ...(stream && { StreamSpecification: { StreamEnabled: true, StreamViewType: streamView } }),
    }),
  )
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName: name,
      TimeToLiveSpecification: { Enabled: true, AttributeName: ttlAttribute },
    }),
  )
}

/** Creates the table unless it exists. @throws {CliError} when an existing one has other indexes */
export async function ensureTable(client: DynamoDBClient, name: string): Promise<void> {
  const found = await findIndexes(client, name)
  if (!found) return createTable(client, name)
  const missing = Object.values(indexes).find((index) => !found.includes(described(index)))
  if (missing)
    throw new CliError(
      `the table ${name} is of another version of Latchkey: it has no index ${missing.name} by ${missing.partition} and ${missing.sort}`,
    )
}

async function findIndexes(client: DynamoDBClient, name: string): Promise<string[] | undefined> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: name }))
    return (Table?.GlobalSecondaryIndexes ?? []).map(({ IndexName = '', KeySchema = [] }) =>
      [IndexName, ...KeySchema.map(({ AttributeName }) => AttributeName)].join(' '),
    )
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined
    throw new CliError(`the database does not answer as it should: ${messageOf(error)}`)
  }
}

const described = ({ name, partition, sort }: Index) => [name, partition, sort].join(' ')

function keySchema({ partition, sort }: { partition: string; sort: string }): KeySchemaElement[] {
  return [
    { AttributeName: partition, KeyType: 'HASH' },
    { AttributeName: sort, KeyType: 'RANGE' },
  ]
}
