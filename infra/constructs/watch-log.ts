import { Duration } from 'aws-cdk-lib'
import { Metric } from 'aws-cdk-lib/aws-cloudwatch'
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { addAlarm, type AlarmOptions } from './alarms.ts'
import type { NodeFunction } from './node-function.ts'

/* oxlint-disable no-new -- a construct attaches itself to its scope */

type WatchedMessage = Pick<AlarmOptions, 'description' | 'runbook'> & {
  /** Exactly as in the log. */
  message: string
  functions: readonly NodeFunction[]
}

/** An alarm for a problem that fails no function: it goes off if one of them has logged the message within five minutes. */
export function watchLog(
  scope: Construct,
  id: string,
  { message, functions, ...alarm }: WatchedMessage,
): void {
  const metric = { metricNamespace: 'Latchkey', metricName: id }
  for (const { logGroup, node } of functions)
    new MetricFilter(scope, `${node.id}${id}`, {
      ...metric,
      logGroup,
      filterPattern: FilterPattern.stringValue('$.message', '=', message),
    })
  addAlarm(scope, id, {
    ...alarm,
    metric: new Metric({
      namespace: metric.metricNamespace,
      metricName: metric.metricName,
      period: Duration.minutes(5),
      statistic: 'Sum',
    }),
    threshold: 1,
  })
}
