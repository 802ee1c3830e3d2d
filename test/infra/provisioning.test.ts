import { Match } from 'aws-cdk-lib/assertions'
import { expect, test } from 'vitest'
import { streamFilters } from '../../functions/provisioning/triggers.ts'
import { lambda, synthesize } from './synthesized.ts'

const { template } = synthesize()
const mapping = 'AWS::Lambda::EventSourceMapping'
const queue = 'AWS::SQS::Queue'
const worker = lambda(template, 'ProvisioningWorker')
const sweeper = lambda(template, 'ProvisioningSweeper')
const [queueId = ''] = Object.keys(template.findResources(queue))

test('the worker alone reads a stream, from its beginning', () => {
  template.resourceCountIs(mapping, 1)
  template.hasResourceProperties(mapping, {
    FunctionName: { Ref: worker.logicalId },
    EventSourceArn: { 'Fn::GetAtt': [Match.anyValue(), 'StreamArn'] },
    StartingPosition: 'TRIM_HORIZON',
  })
})

test('the stream wakes the worker for what the triggers name, like the local tap', () => {
  const [found] = Object.values(template.findResources(mapping))
  const filters: { Pattern: string }[] = found?.Properties.FilterCriteria.Filters
  expect(filters.map(({ Pattern }) => JSON.parse(Pattern))).toEqual(streamFilters)
})

test('the filters fit into the quota of an event source', () => {
  expect(streamFilters.length).toBeLessThanOrEqual(5)
})

test('a failed record does not fail its batch', () => {
  template.hasResourceProperties(mapping, { FunctionResponseTypes: ['ReportBatchItemFailures'] })
})

test('a batch that fails is halved', () => {
  template.hasResourceProperties(mapping, { BisectBatchOnFunctionError: true })
})

test('retries end', () => {
  template.hasResourceProperties(mapping, { MaximumRetryAttempts: 5, MaximumRecordAgeInSeconds: 3600 })
})

test('what is given up goes to a queue', () => {
  template.hasResourceProperties(mapping, {
    DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [queueId, 'Arn'] } } },
  })
})

test('the queue is encrypted and keeps messages for 14 days', () => {
  template.hasResourceProperties(queue, { SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 })
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
