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
/** Its rate and its limit: the part of a pass that one call does has ended before the next one begins. */
const passTime = Duration.minutes(10)

/** Keeps Keystone as the directory says. */
export class OpenStack extends QueueWorker {
  constructor(scope: Construct, id: string, { table }: { table: DirectoryTable }) {
    super(scope, id, {
      table,
      folder,
      says: {
        worker: 'brings to Keystone what the stream tells of',
        sweeper: 'brings to Keystone what is due or was missed',
      },
      filters: streamFilters,
      // Keystone answers some twenty requests a second.
      maxConcurrency: 2,
    })
    const pass = new NodeFunction(this, 'Pass', {
      description: 'Latchkey openstack pass: compares everything in Keystone with the directory',
      folder,
      handler: 'pass',
      timeout: passTime,
    })
    table.grantReadAndCommit(pass)
    runEvery(this, 'EveryTenMinutes', pass, passTime)

    const secret = secretOfOperators(this, 'Secret', {
      description:
        'JSON object: where Keystone is and how to log in, by the names of an openrc (OS_AUTH_URL …)',
      whyNotRotated: 'A login in Keystone, where it has to change first: operators put the new one in.',
    })
    const functions = [this.worker, this.sweeper, pass]
    for (const grantee of functions) grantValue(secret, 'OPENSTACK_SECRET_ARN', grantee)
    // Rights that Keystone doesn't know of, or still knows: nothing fails, and only the log says it.
    const watching = { functions, runbook: 'openStackBehind' } as const
    watchLog(this, 'OpenStackUnreachable', {
      ...watching,
      message: messages.lost,
      says: 'Keystone could not be reached.',
    })
    watchLog(this, 'OpenStackFailed', {
      ...watching,
      message: messages.failed,
      says: 'A project is not in OpenStack as it should be.',
    })
  }
}
