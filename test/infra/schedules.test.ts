import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import type { FunctionName } from './synthesized.ts'
import { lambda, modes, synthesize } from './synthesized.ts'

/** By name: the expression of its rate, that in seconds, and the export that runs. */
const schedules: [FunctionName, string, number, string][] = [
  ['ProvisioningSweeper', 'rate(1 minute)', 60, 'sweep'],
  ['CleanupSweeper', 'rate(1 minute)', 60, 'sweep'],
  ['OpenStackSweeper', 'rate(1 minute)', 60, 'sweep'],
  ['NotificationsSweeper', 'rate(1 minute)', 60, 'sweep'],
  ['OpenStackPass', 'rate(10 minutes)', 600, 'pass'],
]

describe.each(modes)('with %j', (settings, names) => {
  const { template } = synthesize(settings)
  const present = schedules.filter(([name]) => names.includes(name))

  test('nothing else is scheduled', () => {
    template.resourceCountIs('AWS::Events::Rule', present.length)
  })

  describe.each(present)('%s', (name, rate, seconds, run) => {
    const scheduled = lambda(template, name)

    test(`runs at a ${rate}`, () => {
      template.hasResourceProperties('AWS::Events::Rule', {
        ScheduleExpression: rate,
        State: 'ENABLED',
        Targets: [Match.objectLike({ Arn: { 'Fn::GetAtt': [scheduled.logicalId, 'Arn'] } })],
      })
    })

    test('ends before the next one', () => {
      expect(scheduled.Timeout).toBeLessThanOrEqual(seconds)
    })

    test('is not retried', () => {
      template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
        FunctionName: { Ref: scheduled.logicalId },
        MaximumRetryAttempts: 0,
        MaximumEventAgeInSeconds: seconds,
      })
    })

    test('is an export of the same handler as its worker', () => {
      expect(scheduled.Handler).toBe(`index.${run}`)
    })
  })
})
