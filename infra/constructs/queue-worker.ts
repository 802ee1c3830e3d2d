import { Duration } from 'aws-cdk-lib'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type { Subscription } from '../../functions/relay/relay.ts'
import { addAlarm } from './alarms.ts'
import { DeadLetterQueue } from './dead-letter-queue.ts'
import { Worker, type WorkerProps, workerTimeout } from './worker.ts'

export type QueueWorkerProps = WorkerProps & {
  /** Which records of the stream the relay puts into the worker's queue. */
  filters: Subscription['filters']
  /** Invocations of the worker at the same time, two at least; without, as many as the queue keeps busy. */
  maxConcurrency?: number
}

/** A worker that the relay tells what the table's stream tells of, by a queue. */
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
      // Lambda asks for a window where a batch is larger than ten.
      maxBatchingWindow: Duration.seconds(1),
      reportBatchItemFailures: true,
      ...(props.maxConcurrency === undefined ? {} : { maxConcurrency: props.maxConcurrency }),
    })
  }

  #queue(folder: string): Queue {
    const queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // As Lambda advises: whatever is being worked off, or throttled meanwhile, isn't handed out a second time.
      visibilityTimeout: Duration.seconds(6 * workerTimeout.toSeconds()),
      deadLetterQueue: { queue: new DeadLetterQueue(this, 'GivenUp', { by: folder }), maxReceiveCount: 5 },
    })
    addAlarm(queue, 'Age', {
      metric: queue.metricApproximateAgeOfOldestMessage({
        period: Duration.minutes(1),
        statistic: 'Maximum',
      }),
      threshold: Duration.minutes(5).toSeconds(),
      periods: 3,
      says: `A message in the queue of ${folder} is more than five minutes old.`,
      runbook: 'workerBehind',
    })
    return queue
  }
}
