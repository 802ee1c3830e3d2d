import { Duration } from 'aws-cdk-lib'
import { Construct } from 'constructs'
import { NodeFunction } from './node-function.ts'
import { runEvery } from './run-every.ts'
import type { DirectoryTable } from './table.ts'

export type WorkerProps = {
  table: DirectoryTable
  /** Folder under `functions/` whose handler has the exports `handler`, for what the stream tells of, and `sweep`. */
  folder: string
  /** What worker and sweeper are for, each in a few words. */
  says: { worker: string; sweeper: string }
  environment?: Record<string, string>
}

export const workerTimeout = Duration.minutes(2)

/** What is done when the table's stream tells of it, and each minute where no trigger reached it or something is due. */
export class Worker extends Construct {
  readonly worker: NodeFunction
  readonly sweeper: NodeFunction

  constructor(scope: Construct, id: string, { table, folder, says, environment = {} }: WorkerProps) {
    super(scope, id)
    this.worker = new NodeFunction(this, 'Worker', {
      description: `Latchkey ${folder}: ${says.worker}`,
      folder,
      timeout: workerTimeout,
      environment,
    })
    this.sweeper = new NodeFunction(this, 'Sweeper', {
      description: `Latchkey ${folder} sweeper: ${says.sweeper}`,
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
