import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'
import { allowedTo, type FunctionName, lambda, modes, synthesize } from './synthesized.ts'

/** By name: the expression of its rate, that in seconds, and the export that runs. */
const schedules: [FunctionName, string, number, string][] = [
  ['ProvisioningSweeper', 'rate(1 minute)', 60, 'sweep'],
  ['CleanupSweeper', 'rate(1 minute)', 60, 'sweep'],
  ['OpenStackSweeper', 'rate(1 minute)', 60, 'sweep'],
  ['NotificationsSweeper', 'rate(1 minute)', 60, 'sweep'],
  ['OpenStackFullSync', 'rate(10 minutes)', 600, 'fullSync'],
  ['ReviewsSweeper', 'rate(1 minute)', 60, 'sweep'],
  ['ReviewsBeginSchedules', 'rate(1 hour)', 3600, 'beginSchedules'],
]

type Schedule = {
  ScheduleExpression: string
  Target: { Arn: unknown; RoleArn: { 'Fn::GetAtt': [string, 'Arn'] }; RetryPolicy: unknown }
}

const roleOf = (schedule: Schedule | undefined) => schedule?.Target.RoleArn['Fn::GetAtt'][0] ?? 'none'
const account = { Ref: 'AWS::AccountId' }
const [partition, region] = [{ Ref: 'AWS::Partition' }, { Ref: 'AWS::Region' }]
/** A trust policy can name the group of a schedule, but no schedule. */
const group = {
  'Fn::Join': ['', ['arn:', partition, ':scheduler:', region, ':', account, ':schedule-group/default']],
}

describe.each(modes)('with %j', (settings, names) => {
  const { template } = synthesize(settings)
  const present = schedules.filter(([name]) => names.includes(name))

  const found = Object.values(template.findResources('AWS::Scheduler::Schedule')).map(
    ({ Properties }): Schedule => Properties,
  )

  test('there are no other schedules, and each has a role of its own', () => {
    expect(found).toHaveLength(present.length)
    template.resourceCountIs('AWS::Events::Rule', 0)
    expect(new Set(found.map(roleOf)).size).toBe(present.length)
  })

  describe.each(present)('%s', (name, rate, seconds, run) => {
    const scheduled = lambda(template, name)
    const arn = { 'Fn::GetAtt': [scheduled.logicalId, 'Arn'] }
    const schedule = found.find(({ Target }) => isDeepStrictEqual(Target.Arn, arn))

    test(`runs at a ${rate}, to the moment, and ends before the next run`, () => {
      const FlexibleTimeWindow = { Mode: 'OFF' }
      expect(schedule).toMatchObject({ ScheduleExpression: rate, State: 'ENABLED', FlexibleTimeWindow })
      expect(scheduled.Timeout).toBeLessThanOrEqual(seconds)
    })

    test('is invoked by a role that may do nothing else', () => {
      const role = roleOf(schedule)
      expect(allowedTo(template, role)).toEqual([{ actions: ['lambda:InvokeFunction'], resources: [arn] }])
      expect(template.findResources('AWS::IAM::Role')[role]?.Properties).toEqual({
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Action: 'sts:AssumeRole',
              Effect: 'Allow',
              Principal: { Service: 'scheduler.amazonaws.com' },
              Condition: { StringEquals: { 'aws:SourceAccount': account, 'aws:SourceArn': group } },
            },
          ],
        },
      })
    })

    test('is not retried', () => {
      const policy = { MaximumEventAgeInSeconds: seconds, MaximumRetryAttempts: 0 }
      expect(schedule?.Target.RetryPolicy).toEqual(policy)
      const FunctionName = { Ref: scheduled.logicalId }
      template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', { FunctionName, ...policy })
    })

    test('is an export of the same handler as its worker', () => {
      expect(scheduled.Handler).toBe(`index.${run}`)
    })
  })
})
