import { Duration } from 'aws-cdk-lib'
import { Construct } from 'constructs'
import { NodeFunction } from './node-function.ts'
import { runEvery } from './run-every.ts'
import type { DirectoryTable } from './table.ts'

export type WorkerProps = {
  table: DirectoryTable
  /** Folder under `functions/` whose handler exports `handler`, for stream records, and `sweep`. */
  folder: string
  descriptions: { worker: string; sweeper: string }
  environment?: Record<string, string>
}

export const workerTimeout = Duration.minutes(2)

/** A function that the table's stream triggers, and a sweeper that each minute does its missed and due work. */
export class Worker extends Construct {
  readonly worker: NodeFunction
  readonly sweeper: NodeFunction

  constructor(scope: Construct, id: string, { table, folder, descriptions, environment = {} }: WorkerProps) {
    super(scope, id)
    this.worker = new NodeFunction(this, 'Worker', {
      description: `Latchkey ${folder}: ${descriptions.worker}`,
      folder,
      timeout: workerTimeout,
      environment,
    })
    this.sweeper = new NodeFunction(this, 'Sweeper', {
      description: `Latchkey ${folder} sweeper: ${descriptions.sweeper}`,
      folder,
      handler: 'sweep',
      // Below the schedule's rate, so that two sweeps never run at once.
      timeout: Duration.seconds(55),
      environment,
    })
    for (const grantee of [this.worker, this.sweeper]) table.grantReadAndCommit(grantee)
    runEvery(this, 'EveryMinute', this.sweeper, Duration.minutes(1))
  }
}
