import { Duration, Stack } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import type { Subscription } from '../../functions/relay/relay.ts'
import { DeadLetterQueue } from './dead-letter-queue.ts'
import { NodeFunction } from './node-function.ts'
import type { QueueWorker } from './queue-worker.ts'
import { readStream } from './read-stream.ts'
import type { DirectoryTable } from './table.ts'

export type RelayProps = { table: DirectoryTable; workers: readonly QueueWorker[] }

/** Hands on what the table's stream tells of, to the queue of each worker that it wakes. */
export class Relay extends NodeFunction {
  constructor(scope: Construct, id: string, { table, workers }: RelayProps) {
    const feeds = workers.map(({ queue, filters }): Subscription => ({ queueUrl: queue.queueUrl, filters }))
    super(scope, id, {
      description: 'Latchkey relay: hands records of the stream on to the queues of workers',
      folder: 'relay',
      timeout: Duration.seconds(30),
      environment: { FEEDS: Stack.of(scope).toJsonString(feeds) },
    })
    this.addToRolePolicy(
      new PolicyStatement({
        actions: ['sqs:SendMessage'],
        resources: workers.map(({ queue }) => queue.queueArn),
      }),
    )
    readStream(this, {
      table,
      name: 'relay',
      // None that no worker waits for.
      filters: feeds.flatMap(({ filters }) => filters),
      givenUp: new DeadLetterQueue(this, 'GivenUp', { by: 'relay' }),
    })
  }
}
