import type { Duration } from 'aws-cdk-lib'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import type { Function } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'

/** Runs a function on a schedule. The next time is the retry. */
export function runEvery(scope: Construct, id: string, scheduled: Function, rate: Duration): void {
  scheduled.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: rate })
  const rule = new Rule(scope, id, { schedule: Schedule.rate(rate) })
  rule.addTarget(new LambdaFunction(scheduled, { retryAttempts: 0 }))
}
