import { Duration, Validations } from 'aws-cdk-lib'
import { FilterCriteria, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources'
import { addAlarm } from './alarms.ts'
import type { DeadLetterQueue } from './dead-letter-queue.ts'
import type { NodeFunction } from './node-function.ts'
import type { DirectoryTable } from './table.ts'

export type StreamReading = {
  table: DirectoryTable
  /** What the function is called, in its alarm. */
  name: string
  /** Which records of the stream wake the function; at most five. */
  filters: readonly Record<string, unknown>[]
  givenUp: DeadLetterQueue
}

/**
 * Wakes a function by the table's stream. DynamoDB lets two read a shard at the same time, and two do: whoever else is to be
 * woken is fed by the relay.
 */
export function readStream(reader: NodeFunction, { table, name, filters, givenUp }: StreamReading): void {
  table.grantReadStream(reader)
  reader.addEventSourceMapping('Stream', {
    eventSourceArn: table.streamArn,
    startingPosition: StartingPosition.TRIM_HORIZON,
    filters: filters.map((filter) => FilterCriteria.filter(filter)),
    batchSize: 50,
    // Within a shard by partition key; order is the stamps' business, not the stream's.
    parallelizationFactor: 4,
    reportBatchItemFailures: true,
    bisectBatchOnError: true,
    // A record that keeps failing must not hold up its shard: what it told of, a sweeper finds.
    retryAttempts: 5,
    maxRecordAge: Duration.hours(1),
    onFailure: new SqsDlq(givenUp),
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
    says: `The record of the stream that ${name} works on is more than five minutes old.`,
    runbook: 'workerBehind',
  })
}
