import { type Duration, Stack } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { Function } from 'aws-cdk-lib/aws-lambda'
import { Schedule, ScheduleExpression, TimeWindow } from 'aws-cdk-lib/aws-scheduler'
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets'
import type { Construct } from 'constructs'

/* oxlint-disable no-new -- a construct attaches itself to its scope */

/** Runs a function on a schedule, without retries: the next run is the retry. */
export function runEvery(scope: Construct, id: string, scheduled: Function, rate: Duration): void {
  const once = { retryAttempts: 0, maxEventAge: rate }
  scheduled.configureAsyncInvoke(once)
  const role = roleToInvoke(scope, `${id}Role`, scheduled)
  new Schedule(scope, `${id}Schedule`, {
    schedule: ScheduleExpression.rate(rate),
    timeWindow: TimeWindow.off(),
    // The target would permit the role to invoke every version too.
    target: new LambdaInvoke(scheduled, { ...once, role: role.withoutPolicyUpdates() }),
  })
}

/** Only schedules of this account may assume it, and only this function can be invoked with it. */
function roleToInvoke(scope: Construct, id: string, invoked: Function): Role {
  const stack = Stack.of(scope)
  const role = new Role(scope, id, {
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: {
        StringEquals: {
          'aws:SourceAccount': stack.account,
          'aws:SourceArn': stack.formatArn({
            service: 'scheduler',
            resource: 'schedule-group',
            resourceName: 'default',
          }),
        },
      },
    }),
  })
  role.addToPolicy(
    new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [invoked.functionArn] }),
  )
  return role
}
