import { Duration } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { messages } from '../../functions/reviews/items/alarm-messages.ts'
import { streamFilters } from '../../functions/reviews/stream-filter.ts'
import { NodeFunction } from './node-function.ts'
import { QueueWorker } from './queue-worker.ts'
import { runEvery } from './run-every.ts'
import type { DirectoryTable } from './table.ts'
import { watchLog } from './watch-log.ts'

type ReviewsProps = { table: DirectoryTable; environment: Record<string, string> }

const folder = 'reviews'

/** Opens reviews, keeps their items up to date, and applies decisions. */
export class Reviews extends QueueWorker {
  constructor(scope: Construct, id: string, { table, environment }: ReviewsProps) {
    super(scope, id, {
      table,
      folder,
      descriptions: {
        worker: 'keeps open reviews in sync with changes, and applies decisions',
        sweeper: 'starts, ends and applies reviews that are due, and sends reminders',
      },
      environment,
      filters: streamFilters,
    })
    const beginSchedules = new NodeFunction(this, 'BeginSchedules', {
      description: 'Latchkey reviews: begins the schedule of customers that have none',
      folder,
      handler: 'beginSchedules',
      timeout: Duration.minutes(10),
      environment,
    })
    table.grantReadAndCommit(beginSchedules)
    runEvery(this, 'EveryHour', beginSchedules, Duration.hours(1))
    watchLog(this, 'ReviewStuck', {
      message: messages.stuck,
      functions: [this.worker, this.sweeper],
      description: 'A review could not be finished for twenty minutes and more.',
      runbook: 'reviewStuck',
    })
  }
}
