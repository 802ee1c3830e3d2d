import { Duration, Validations } from 'aws-cdk-lib'
import { FilterCriteria, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources'
import { addAlarm } from './alarms.ts'
import type { DeadLetterQueue } from './dead-letter-queue.ts'
import type { NodeFunction } from './node-function.ts'
import type { DirectoryTable } from './table.ts'

type StreamReading = {
  table: DirectoryTable
  /** Name of the function in its alarm. */
  name: string
  /** The records of the stream that trigger the function; at most five filters. */
  filters: readonly Record<string, unknown>[]
  deadLetters: DeadLetterQueue
}

/**
 * Triggers a function by the table's stream. DynamoDB allows two readers of a shard, and there are two: all other workers
 * get their records from the relay.
 */
export function readStream(reader: NodeFunction, { table, name, filters, deadLetters }: StreamReading): void {
  table.grantReadStream(reader)
  reader.addEventSourceMapping('Stream', {
    eventSourceArn: table.streamArn,
    startingPosition: StartingPosition.TRIM_HORIZON,
    filters: filters.map((filter) => FilterCriteria.filter(filter)),
    batchSize: 50,
    // Within a shard by partition key; timestamps decide the order of events, not the stream.
    parallelizationFactor: 4,
    reportBatchItemFailures: true,
    bisectBatchOnError: true,
    // A record that keeps failing must not block its shard: a sweeper finds its item.
    retryAttempts: 5,
    maxRecordAge: Duration.hours(1),
    onFailure: new SqsDlq(deadLetters),
  })
  Validations.of(reader.role ?? reader).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason:
      "dynamodb:ListStreams, which Lambda's poller needs, has no resource level; reading is for our stream only.",
  })
  addAlarm(reader, 'IteratorAge', {
    metric: reader.metric('IteratorAge', { period: Duration.minutes(1), statistic: 'Maximum' }),
    threshold: Duration.minutes(5).toMilliseconds(),
    periods: 3,
    description: `The record of the stream that ${name} works on is more than five minutes old.`,
    runbook: 'workerBehind',
  })
}
