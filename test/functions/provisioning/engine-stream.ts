import { DescribeTableCommand } from '@aws-sdk/client-dynamodb'
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import { streamFilters } from '../../../functions/provisioning/stream-filter.ts'
import { satisfies } from '../../../shared/table/stream.ts'
import type { TestEngine } from '../../support/engine.ts'

/** Requests of the streams' own API, which the engine takes unsigned; answers have Lambda's shape of a record already. */
async function ask<T>(engine: TestEngine, operation: string, input: object): Promise<T> {
  const response = await fetch(engine.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDBStreams_20120810.${operation}`,
      'x-amz-date': '20261123T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=local/20261123/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify(input),
  })
  if (!response.ok) throw new Error(`${operation}: ${await response.text()}`)
  return (await response.json()) as T
}

type Shards = { StreamDescription: { Shards: { ShardId: string }[] } }
type Records = { Records: DynamoDBRecord[]; NextShardIterator?: string }

/** The engine's stream of a table as an event source mapping reads it: in order, from its beginning. */
export async function openStream(engine: TestEngine, table: string) {
  const { Table } = await engine.client.send(new DescribeTableCommand({ TableName: table }))
  const StreamArn = Table?.LatestStreamArn
  const { StreamDescription } = await ask<Shards>(engine, 'DescribeStream', { StreamArn })
  const [shard] = StreamDescription.Shards
  const from = { StreamArn, ShardId: shard?.ShardId, ShardIteratorType: 'TRIM_HORIZON' }
  let { ShardIterator } = await ask<{ ShardIterator: string }>(engine, 'GetShardIterator', from)
  const seen: DynamoDBRecord[] = []

  async function next(): Promise<DynamoDBRecord[]> {
    const answer = await ask<Records>(engine, 'GetRecords', { ShardIterator })
    ShardIterator = answer.NextShardIterator ?? ShardIterator
    seen.push(...answer.Records)
    return answer.Records
  }

  return {
    /** Every record so far, whether a filter lets it pass or not. */
    seen,
    view: StreamDescription,
    /**
     * Passes the records that match the filters to the handler, with the retries of partial failures, until nothing
     * new comes.
     */
    async drain(
      handle: (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>,
      { batchSize = 10, retries = 3 } = {},
    ): Promise<void> {
      for (let records = await next(); records.length > 0; records = await next()) {
        const passing = records.filter((record) => streamFilters.some((filter) => satisfies(record, filter)))
        for (let tried = 0; passing.length > 0; ) {
          const batch = passing.slice(0, batchSize)
          const [failure] = (await handle({ Records: batch })).batchItemFailures
          const failed = batch.findIndex(
            ({ dynamodb }) => dynamodb?.SequenceNumber === failure?.itemIdentifier,
          )
          passing.splice(0, failure ? failed : batch.length)
          tried = failure && failed === 0 ? tried + 1 : 0
          if (tried > retries) return
        }
      }
    },
  }
}
