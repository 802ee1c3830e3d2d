import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'

/** The page that alarms send people to. */
export const runbookPage = 'infra/runbook.md'

/** Headings of that page, which alarms name in their texts. */
export const runbooks = {
  workerBehind: 'A worker falls behind',
  recordsGivenUp: 'Records went to a dead-letter queue',
  functionFails: 'A function fails',
  serverErrors: 'The API answers 5xx',
  openStackBehind: "OpenStack doesn't follow",
  reviewStuck: "A review doesn't close",
} as const

export type AlarmOptions = {
  metric: IMetric
  /** The alarm goes off at this value, or above. */
  threshold: number
  /** Periods of the metric in a row; 1 unless told. */
  periods?: number
  /** A sentence about the problem. */
  description: string
  runbook: keyof typeof runbooks
}

/** An alarm that names its runbook. No data is no alarm: all metrics here count something that happened. */
export function addAlarm(scope: Construct, id: string, options: AlarmOptions): Alarm {
  return new Alarm(scope, id, {
    metric: options.metric,
    threshold: options.threshold,
    evaluationPeriods: options.periods ?? 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    alarmDescription: `${options.description} Runbook: ${runbookPage}, "${runbooks[options.runbook]}".`,
  })
}
