import { Duration, Validations } from 'aws-cdk-lib'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { FilterCriteria, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { streamFilters } from '../../functions/provisioning/triggers.ts'
import { addAlarm } from './alarms.ts'
import { NodeFunction } from './node-function.ts'
import type { Secrets } from './secrets.ts'
import type { DirectoryTable } from './table.ts'

export type ProvisioningProps = { table: DirectoryTable; secrets: Secrets; customerIdPattern: string }

/** Applies recorded deliveries: at once when the stream tells of them, each minute what no trigger reached. */
export class Provisioning extends Construct {
  constructor(scope: Construct, id: string, props: ProvisioningProps) {
    super(scope, id)
    const environment = { CUSTOMER_ID_PATTERN: props.customerIdPattern }
    const worker = new NodeFunction(this, 'Worker', {
      description: 'Latchkey provisioning: applies deliveries that the stream tells of',
      folder: 'provisioning',
      timeout: Duration.minutes(2),
      environment,
    })
    const sweeper = new NodeFunction(this, 'Sweeper', {
      description: 'Latchkey sweeper: applies deliveries that wait or were missed',
      folder: 'provisioning',
      handler: 'sweep',
      // Below the schedule's rate, so that two sweeps never run at once.
      timeout: Duration.seconds(55),
      environment,
    })
    for (const grantee of [worker, sweeper]) {
      props.table.grantReadAndCommit(grantee)
      props.secrets.grantWebhookSources(grantee)
    }
    this.#trigger(worker, props.table)
    this.#schedule(sweeper)
  }

  #trigger(worker: NodeFunction, table: DirectoryTable): void {
    const givenUp = this.#givenUp()
    table.grantReadStream(worker)
    worker.addEventSourceMapping('Stream', {
      eventSourceArn: table.streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      filters: streamFilters.map((filter) => FilterCriteria.filter(filter)),
      batchSize: 50,
      // Within a shard by partition key; order among deliveries is their timestamps' business, not the stream's.
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
      says: 'The record of the stream that provisioning works on is more than five minutes old.',
      runbook: 'provisioningBehind',
    })
  }

  #givenUp(): Queue {
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
      says: 'Provisioning gave up on records of the stream.',
      runbook: 'recordsGivenUp',
    })
    return queue
  }

  #schedule(sweeper: NodeFunction): void {
    // The next minute is the retry.
    sweeper.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) })
    const everyMinute = new Rule(this, 'EveryMinute', { schedule: Schedule.rate(Duration.minutes(1)) })
    everyMinute.addTarget(new LambdaFunction(sweeper, { retryAttempts: 0 }))
  }
}
