import { describe, expect, test } from 'vitest'
import { runbookPage, runbooks } from '../../infra/constructs/alarms.ts'
import { lambda, modes, synthesize } from './synthesized.ts'

const alarmTopicArn = 'arn:aws:sns:eu-central-1:111111111111:alarms'

type Alarm = {
  MetricName: string
  Dimensions: { Name: string; Value: unknown }[]
  Threshold: number
  AlarmDescription: string
  AlarmActions: string[]
}

const nameOf = (queue: string) => ({ 'Fn::GetAtt': [queue, 'QueueName'] })

describe.each(modes)('with %j', (settings, names) => {
  const { template } = synthesize({ ...settings, alarmTopicArn })
  const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
    ({ Properties }): Alarm => Properties,
  )
  /** Resources of the alarms on a metric, each with its threshold. */
  const watched = (metric: string) =>
    new Set(
      alarms
        .filter(({ MetricName }) => MetricName === metric)
        .map(({ Dimensions, Threshold }) => [Dimensions[0]?.Value, Threshold]),
    )
  const readers = Object.values(template.findResources('AWS::Lambda::EventSourceMapping')).filter(
    ({ Properties }) => Properties.StartingPosition,
  )
  const queues = Object.entries(template.findResources('AWS::SQS::Queue'))
  const fed = queues.filter(([, { Properties }]) => Properties.RedrivePolicy)
  const lost = queues.filter(([, { Properties }]) => !Properties.RedrivePolicy)

  test('every function has one for its errors', () => {
    const expected = names.map((name) => [{ Ref: lambda(template, name).logicalId }, 1])
    expect(watched('Errors')).toEqual(new Set(expected))
  })

  test('every reader of the stream has one for the age of its record: five minutes', () => {
    expect(readers).not.toEqual([])
    expect(watched('IteratorAge')).toEqual(
      new Set(readers.map(({ Properties }) => [Properties.FunctionName, 300_000])),
    )
  })

  test('every queue of a worker has one for the age of its oldest message: five minutes', () => {
    expect(fed).not.toEqual([])
    expect(watched('ApproximateAgeOfOldestMessage')).toEqual(new Set(fed.map(([id]) => [nameOf(id), 300])))
  })

  test('every dead-letter queue has one for its first message', () => {
    expect(lost).not.toEqual([])
    expect(watched('ApproximateNumberOfMessagesVisible')).toEqual(
      new Set(lost.map(([id]) => [nameOf(id), 1])),
    )
  })

  test('the entrance has one for its 5xx', () => {
    expect(watched('5xx').size).toBe(1)
  })

  test('every one names a heading of the runbook', () => {
    const { openStackBehind, ...always } = runbooks
    const all = settings.openstack === 'on' ? { ...always, openStackBehind } : always
    const headings = Object.values(all).map((heading) => `Runbook: ${runbookPage}, "${heading}".`)
    const named = alarms.map(({ AlarmDescription }) =>
      headings.find((each) => AlarmDescription.endsWith(each)),
    )
    expect(new Set(named)).toEqual(new Set(headings))
  })

  test('every one tells the topic of the settings', () => {
    expect(alarms.map(({ AlarmActions }) => AlarmActions)).toEqual(alarms.map(() => [alarmTopicArn]))
  })
})
