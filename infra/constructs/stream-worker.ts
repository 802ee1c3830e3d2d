import { Duration, Validations } from 'aws-cdk-lib'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { FilterCriteria, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { addAlarm } from './alarms.ts'
import { NodeFunction } from './node-function.ts'
import type { DirectoryTable } from './table.ts'

export type StreamWorkerProps = {
  table: DirectoryTable
  /** Folder under `functions/` whose handler has the exports `handler`, for the stream, and `sweep`. */
  folder: string
  /** What worker and sweeper are for, each in a few words. */
  says: { worker: string; sweeper: string }
  /** Which records of the stream wake the worker; at most five. */
  filters: readonly Record<string, unknown>[]
  environment?: Record<string, string>
}

/** What is done when the table's stream tells of it, and each minute where no trigger reached it or something is due. */
export class StreamWorker extends Construct {
  readonly worker: NodeFunction
  readonly sweeper: NodeFunction

  constructor(scope: Construct, id: string, props: StreamWorkerProps) {
    super(scope, id)
    const { folder, environment = {} } = props
    this.worker = new NodeFunction(this, 'Worker', {
      description: `Latchkey ${folder}: ${props.says.worker}`,
      folder,
      timeout: Duration.minutes(2),
      environment,
    })
    this.sweeper = new NodeFunction(this, 'Sweeper', {
      description: `Latchkey ${folder} sweeper: ${props.says.sweeper}`,
      folder,
      handler: 'sweep',
      // Below the schedule's rate, so that two sweeps never run at once.
      timeout: Duration.seconds(55),
      environment,
    })
    for (const grantee of [this.worker, this.sweeper]) props.table.grantReadAndCommit(grantee)
    this.#trigger(props)
    this.#schedule()
  }

  #trigger({ table, folder, filters }: StreamWorkerProps): void {
    const { worker } = this
    const givenUp = this.#givenUp(folder)
    table.grantReadStream(worker)
    worker.addEventSourceMapping('Stream', {
      eventSourceArn: table.streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      filters: filters.map((filter) => FilterCriteria.filter(filter)),
      batchSize: 50,
      // Within a shard by partition key; order is the stamps' business, not the stream's.
      parallelizationFactor: 4,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      // A record that keeps failing must not hold up its shard: what it told of, the sweeper finds.
      retryAttempts: 5,
      maxRecordAge: Duration.hours(1),
      onFailure: new SqsDlq(givenUp),
    })
    Validations.of(worker.role ?? worker).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        "dynamodb:ListStreams, which Lambda's poller needs, has no resource level; reading is for our stream only.",
    })
    addAlarm(worker, 'IteratorAge', {
      metric: worker.metric('IteratorAge', { period: Duration.minutes(1), statistic: 'Maximum' }),
      threshold: Duration.minutes(5).toMilliseconds(),
      periods: 3,
      says: `The record of the stream that ${folder} works on is more than five minutes old.`,
      runbook: 'workerBehind',
    })
  }

  #givenUp(folder: string): Queue {
    const queue = new Queue(this, 'GivenUp', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    })
    Validations.of(queue).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason:
        "Is itself where the stream's failed batches go; nothing consumes it but people with the runbook.",
    })
    addAlarm(queue, 'NotEmpty', {
      metric: queue.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(5),
        statistic: 'Maximum',
      }),
      threshold: 1,
      says: `Records of the stream were given up by ${folder}.`,
      runbook: 'recordsGivenUp',
    })
    return queue
  }

  #schedule(): void {
    // The next minute is the retry.
    this.sweeper.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) })
    const everyMinute = new Rule(this, 'EveryMinute', { schedule: Schedule.rate(Duration.minutes(1)) })
    everyMinute.addTarget(new LambdaFunction(this.sweeper, { retryAttempts: 0 }))
  }
}
