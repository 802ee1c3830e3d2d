import { Duration, Validations } from 'aws-cdk-lib'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { addAlarm } from './alarms.ts'

/** Receives the records of the stream that a function failed to process at every retry. */
export class DeadLetterQueue extends Queue {
  constructor(scope: Construct, id: string, { reader }: { reader: string }) {
    super(scope, id, {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    })
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'Is itself a dead-letter queue; only people with the runbook consume it.',
    })
    addAlarm(this, 'NotEmpty', {
      metric: this.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(5),
        statistic: 'Maximum',
      }),
      threshold: 1,
      description: `Records of the stream are in the dead-letter queue of ${reader}.`,
      runbook: 'recordsGivenUp',
    })
  }
}
