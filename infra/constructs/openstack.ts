import { Duration } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { messages } from '../../functions/openstack/run/alarm-messages.ts'
import { streamFilters } from '../../functions/openstack/stream-filter.ts'
import { NodeFunction } from './node-function.ts'
import { QueueWorker } from './queue-worker.ts'
import { runEvery } from './run-every.ts'
import { grantValue, secretOfOperators } from './secrets.ts'
import type { DirectoryTable } from './table.ts'
import { watchLog } from './watch-log.ts'

const folder = 'openstack'
/** Rate and timeout of the full sync's function: one part has ended before the next one begins. */
const fullSyncTime = Duration.minutes(10)

/** Keeps Keystone in sync with the directory. */
export class OpenStack extends QueueWorker {
  constructor(scope: Construct, id: string, { table }: { table: DirectoryTable }) {
    super(scope, id, {
      table,
      folder,
      descriptions: {
        worker: 'brings changes from the stream to Keystone',
        sweeper: 'brings due and missed changes to Keystone',
      },
      filters: streamFilters,
      // Keystone answers some twenty requests a second.
      maxConcurrency: 2,
    })
    const fullSync = new NodeFunction(this, 'FullSync', {
      description: 'Latchkey openstack full sync: compares everything in Keystone with the directory',
      folder,
      handler: 'fullSync',
      timeout: fullSyncTime,
    })
    table.grantReadAndCommit(fullSync)
    runEvery(this, 'EveryTenMinutes', fullSync, fullSyncTime)

    const secret = secretOfOperators(this, 'Secret', {
      description:
        'JSON object: where Keystone is and how to log in, by the names of an openrc (OS_AUTH_URL …)',
      whyNotRotated: 'A login in Keystone, where it has to change first: operators put the new one in.',
    })
    const functions = [this.worker, this.sweeper, fullSync]
    for (const grantee of functions) grantValue(secret, 'OPENSTACK_SECRET_ARN', grantee)
    // Rights may be missing in Keystone, or be left there: no function fails, and only the log has it.
    const watching = { functions, runbook: 'openStackBehind' } as const
    watchLog(this, 'OpenStackUnreachable', {
      ...watching,
      message: messages.unreachable,
      description: 'Keystone could not be reached.',
    })
    watchLog(this, 'OpenStackFailed', {
      ...watching,
      message: messages.projectFailed,
      description: 'A project in OpenStack does not match the directory.',
    })
  }
}
