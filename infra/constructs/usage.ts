import { Duration } from 'aws-cdk-lib'
import { FilterPattern, SubscriptionFilter } from 'aws-cdk-lib/aws-logs'
import { LambdaDestination } from 'aws-cdk-lib/aws-logs-destinations'
import { Construct } from 'constructs'
import { lineFilter } from '../../functions/usage/log-filter.ts'
import { NodeFunction } from './node-function.ts'
import type { DirectoryTable } from './table.ts'

/* oxlint-disable no-new -- a construct attaches itself to its scope */

type UsesProps = {
  table: DirectoryTable
  /** The functions whose logs have the uses. */
  functions: readonly NodeFunction[]
}

/** Records the last use of each right, and when each user was seen. It reads their logs, as a Lambda can't run after its response. */
export class Usage extends Construct {
  constructor(scope: Construct, id: string, { table, functions }: UsesProps) {
    super(scope, id)
    const worker = new NodeFunction(this, 'Worker', {
      description: 'Latchkey uses: records what the logs tell was made use of',
      folder: 'usage',
      timeout: Duration.minutes(1),
    })
    table.grantRecordUses(worker)
    table.grantRecordSightings(worker)
    for (const { logGroup, node } of functions) {
      new SubscriptionFilter(this, `${node.id}Lines`, {
        logGroup,
        destination: new LambdaDestination(worker),
        filterPattern: FilterPattern.any(
          ...lineFilter.among.map((text) => FilterPattern.stringValue(lineFilter.field, '=', text)),
        ),
      })
    }
  }
}
