/* oxlint-disable no-new -- a construct attaches itself to its scope */
import { Duration } from 'aws-cdk-lib'
import { Metric } from 'aws-cdk-lib/aws-cloudwatch'
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { messages } from '../../functions/openstack/messages.ts'
import { streamFilters } from '../../functions/openstack/triggers.ts'
import { addAlarm } from './alarms.ts'
import { NodeFunction } from './node-function.ts'
import { QueueWorker } from './queue-worker.ts'
import { runEvery } from './run-every.ts'
import { grantValue, secretOfOperators } from './secrets.ts'
import type { DirectoryTable } from './table.ts'

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
    this.#watch('Unreachable', messages.lost, functions, 'Keystone could not be reached.')
    this.#watch('Failed', messages.failed, functions, 'A project is not in OpenStack as it should be.')
  }

  /** Rights that Keystone doesn't know of, or still knows: nothing fails, and only the log says it. */
  #watch(id: string, message: string, functions: readonly NodeFunction[], says: string): void {
    const metric = { metricNamespace: 'Latchkey', metricName: `OpenStack${id}` }
    for (const { logGroup, node } of functions)
      new MetricFilter(this, `${node.id}${id}`, {
        ...metric,
        logGroup,
        filterPattern: FilterPattern.stringValue('$.message', '=', message),
      })
    addAlarm(this, id, {
      metric: new Metric({
        namespace: metric.metricNamespace,
        metricName: metric.metricName,
        period: Duration.minutes(5),
        statistic: 'Sum',
      }),
      threshold: 1,
      says,
      runbook: 'openStackBehind',
    })
  }
}
