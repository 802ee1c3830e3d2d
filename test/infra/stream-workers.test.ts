import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { streamFilters as cleanup } from '../../functions/cleanup/triggers.ts'
import { streamFilters as provisioning } from '../../functions/provisioning/triggers.ts'
import { lambda, synthesize } from './synthesized.ts'

const { template } = synthesize()
const mapping = 'AWS::Lambda::EventSourceMapping'
const queue = 'AWS::SQS::Queue'
const workers = [
  ['Provisioning', provisioning],
  ['Cleanup', cleanup],
] as const

test('no more read the stream than DynamoDB lets at its shards at the same time: two', () => {
  template.resourceCountIs(mapping, workers.length)
  expect(workers.length).toBeLessThanOrEqual(2)
})

describe.each(workers)('%s', (name, streamFilters) => {
  const worker = lambda(template, `${name}Worker`)
  const sweeper = lambda(template, `${name}Sweeper`)
  const [queueId = ''] = Object.keys(template.findResources(queue)).filter((id) => id.startsWith(name))
  const ofWorker = { FunctionName: { Ref: worker.logicalId } }

  test('the worker reads the stream, from its beginning', () => {
    template.hasResourceProperties(mapping, {
      ...ofWorker,
      EventSourceArn: { 'Fn::GetAtt': [Match.anyValue(), 'StreamArn'] },
      StartingPosition: 'TRIM_HORIZON',
    })
  })

  test('the stream wakes the worker for what the triggers name, like the local tap', () => {
    const [found] = Object.values(template.findResources(mapping, { Properties: ofWorker }))
    const filters: { Pattern: string }[] = found?.Properties.FilterCriteria.Filters
    expect(filters.map(({ Pattern }) => JSON.parse(Pattern))).toEqual(streamFilters)
  })

  test('the filters fit into the quota of an event source', () => {
    expect(streamFilters.length).toBeLessThanOrEqual(5)
  })

  test('a failed record does not fail its batch', () => {
    template.hasResourceProperties(mapping, {
      ...ofWorker,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    })
  })

  test('a batch that fails is halved', () => {
    template.hasResourceProperties(mapping, { ...ofWorker, BisectBatchOnFunctionError: true })
  })

  test('retries end', () => {
    template.hasResourceProperties(mapping, {
      ...ofWorker,
      MaximumRetryAttempts: 5,
      MaximumRecordAgeInSeconds: 3600,
    })
  })

  test('what is given up goes to a queue of its own', () => {
    template.hasResourceProperties(mapping, {
      ...ofWorker,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [queueId, 'Arn'] } } },
    })
  })

  test('the queue is encrypted and keeps messages for 14 days', () => {
    expect(template.findResources(queue)[queueId]?.Properties).toMatchObject({
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 1_209_600,
    })
  })

  test('the queue refuses plain HTTP', () => {
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      Queues: [{ Ref: queueId }],
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ],
      },
    })
  })

  test('the sweeper runs every minute', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED',
      Targets: [Match.objectLike({ Arn: { 'Fn::GetAtt': [sweeper.logicalId, 'Arn'] } })],
    })
  })

  test('a sweep ends before the next, and is not retried', () => {
    expect(sweeper.Timeout).toBeLessThan(60)
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: sweeper.logicalId },
      MaximumRetryAttempts: 0,
    })
  })

  test('worker and sweeper are two exports of one handler', () => {
    expect([worker.Handler, sweeper.Handler]).toEqual(['index.handler', 'index.sweep'])
  })
})
