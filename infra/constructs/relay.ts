import { Duration, Stack } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import type { Subscription } from '../../functions/relay/relay.ts'
import { DeadLetterQueue } from './dead-letter-queue.ts'
import { NodeFunction } from './node-function.ts'
import type { QueueWorker } from './queue-worker.ts'
import { readStream } from './read-stream.ts'
import type { DirectoryTable } from './table.ts'

type RelayProps = { table: DirectoryTable; workers: readonly QueueWorker[] }

/** Sends records of the table's stream to the queues of the workers that subscribe to them. */
export class Relay extends NodeFunction {
  constructor(scope: Construct, id: string, { table, workers }: RelayProps) {
    const subscriptions = workers.map(
      ({ queue, filters }): Subscription => ({ queueUrl: queue.queueUrl, filters }),
    )
    super(scope, id, {
      description: 'Latchkey relay: sends records of the stream to the queues of workers',
      folder: 'relay',
      timeout: Duration.seconds(30),
      environment: { SUBSCRIPTIONS: Stack.of(scope).toJsonString(subscriptions) },
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
      // Records without a subscriber are not read.
      filters: subscriptions.flatMap(({ filters }) => filters),
      deadLetters: new DeadLetterQueue(this, 'DeadLetters', { reader: 'relay' }),
    })
  }
}
