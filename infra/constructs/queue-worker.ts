import { Duration } from 'aws-cdk-lib'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type { Subscription } from '../../functions/relay/relay.ts'
import { addAlarm } from './alarms.ts'
import { DeadLetterQueue } from './dead-letter-queue.ts'
import { Worker, type WorkerProps, workerTimeout } from './worker.ts'

type QueueWorkerProps = WorkerProps & {
  /** The records of the stream that the relay sends to the worker's queue. */
  filters: Subscription['filters']
  /** Concurrent invocations of the worker, two at least; unlimited by default. */
  maxConcurrency?: number
}

/** A worker that gets records of the table's stream from the relay, by a queue. */
export class QueueWorker extends Worker {
  readonly queue: Queue
  readonly filters: Subscription['filters']

  constructor(scope: Construct, id: string, props: QueueWorkerProps) {
    super(scope, id, props)
    this.filters = props.filters
    this.queue = this.#queue(props.folder)
    this.queue.grantConsumeMessages(this.worker)
    this.worker.addEventSourceMapping('Queue', {
      eventSourceArn: this.queue.queueArn,
      batchSize: 50,
      // Lambda requires a window for batches of more than ten.
      maxBatchingWindow: Duration.seconds(1),
      reportBatchItemFailures: true,
      ...(props.maxConcurrency === undefined ? {} : { maxConcurrency: props.maxConcurrency }),
    })
  }

  #queue(folder: string): Queue {
    const queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // Lambda's recommendation: a message that is being processed, or throttled, isn't handed out a second time.
      visibilityTimeout: Duration.seconds(6 * workerTimeout.toSeconds()),
      deadLetterQueue: {
        queue: new DeadLetterQueue(this, 'DeadLetters', { reader: folder }),
        maxReceiveCount: 5,
      },
    })
    addAlarm(queue, 'Age', {
      metric: queue.metricApproximateAgeOfOldestMessage({
        period: Duration.minutes(1),
        statistic: 'Maximum',
      }),
      threshold: Duration.minutes(5).toSeconds(),
      periods: 3,
      description: `A message in the queue of ${folder} is more than five minutes old.`,
      runbook: 'workerBehind',
    })
    return queue
  }
}
