import { Duration, Validations } from 'aws-cdk-lib'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { addAlarm } from './alarms.ts'

/** Where records of the stream go that a function couldn't work off, however often it was tried. */
export class DeadLetterQueue extends Queue {
  constructor(scope: Construct, id: string, { by }: { by: string }) {
    super(scope, id, {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    })
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'Is itself where what failed goes; nothing consumes it but people with the runbook.',
    })
    addAlarm(this, 'NotEmpty', {
      metric: this.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(5),
        statistic: 'Maximum',
      }),
      threshold: 1,
      says: `Records of the stream were given up by ${by}.`,
      runbook: 'recordsGivenUp',
    })
  }
}
