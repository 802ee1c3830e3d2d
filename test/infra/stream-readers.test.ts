import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { streamFilters as cleanup } from '../../functions/cleanup/stream-filter.ts'
import { streamFilters as openStack } from '../../functions/openstack/stream-filter.ts'
import { streamFilters as provisioning } from '../../functions/provisioning/stream-filter.ts'
import { streamFilters as reviews } from '../../functions/reviews/stream-filter.ts'
import { lambda, queueOf, synthesize } from './synthesized.ts'

const off = synthesize({ openstack: 'off' }).template
const on = synthesize({ openstack: 'on' }).template
const mapping = 'AWS::Lambda::EventSourceMapping'

test.each([
  ['off', off],
  ['on', on],
])('no more read the stream than DynamoDB lets at its shards: two, with OpenStack %s', (_, template) => {
  const readers = template.findResources(mapping, {
    Properties: { EventSourceArn: { 'Fn::GetAtt': [Match.anyValue(), 'StreamArn'] } },
  })
  expect(Object.keys(readers)).toHaveLength(2)
})

describe.each([
  ['off', 'ProvisioningWorker', 'Provisioning', off, provisioning],
  ['on', 'ProvisioningWorker', 'Provisioning', on, provisioning],
  ['off', 'Relay', 'Relay', off, [...cleanup, ...reviews]],
  ['on', 'Relay', 'Relay', on, [...cleanup, ...reviews, ...openStack]],
] as const)('with OpenStack %s, %s', (_, name, owner, template, filters) => {
  const reader = { FunctionName: { Ref: lambda(template, name).logicalId } }
  const deadLetters = queueOf(template, `${owner}DeadLetters`)

  test('reads the stream, from its beginning', () => {
    template.hasResourceProperties(mapping, {
      ...reader,
      EventSourceArn: { 'Fn::GetAtt': [Match.anyValue(), 'StreamArn'] },
      StartingPosition: 'TRIM_HORIZON',
    })
  })

  test('is triggered by the stream filters, like the local change stream', () => {
    const [found] = Object.values(template.findResources(mapping, { Properties: reader }))
    const patterns: { Pattern: string }[] = found?.Properties.FilterCriteria.Filters
    expect(patterns.map(({ Pattern }) => JSON.parse(Pattern))).toEqual(filters)
  })

  test('has no more filters than the quota of an event source', () => {
    expect(filters.length).toBeLessThanOrEqual(5)
  })

  test('a failed record does not fail its batch', () => {
    template.hasResourceProperties(mapping, {
      ...reader,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    })
  })

  test('a batch that fails is halved', () => {
    template.hasResourceProperties(mapping, { ...reader, BisectBatchOnFunctionError: true })
  })

  test('retries end', () => {
    template.hasResourceProperties(mapping, {
      ...reader,
      MaximumRetryAttempts: 5,
      MaximumRecordAgeInSeconds: 3600,
    })
  })

  test('records that keep failing go to a dead-letter queue', () => {
    template.hasResourceProperties(mapping, {
      ...reader,
      DestinationConfig: { OnFailure: { Destination: deadLetters.arn } },
    })
  })
})
