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
const EventSourceArn = { 'Fn::GetAtt': [Match.anyValue(), 'StreamArn'] }

test.each([
  ['off', off],
  ['on', on],
])('two functions read the stream, as many as DynamoDB allows, with OpenStack %s', (_, template) => {
  const readers = template.findResources(mapping, { Properties: { EventSourceArn } })
  expect(Object.keys(readers)).toHaveLength(2)
})

describe.each([
  ['off', 'ProvisioningWorker', 'Provisioning', off, provisioning],
  ['off', 'Relay', 'Relay', off, [...cleanup, ...reviews]],
  ['on', 'Relay', 'Relay', on, [...cleanup, ...reviews, ...openStack]],
] as const)('with OpenStack %s, %s', (_, name, owner, template, filters) => {
  const reader = { FunctionName: { Ref: lambda(template, name).logicalId } }

  test('reads the stream from its beginning', () => {
    template.hasResourceProperties(mapping, { ...reader, EventSourceArn, StartingPosition: 'TRIM_HORIZON' })
  })

  test('is triggered by the stream filters, like locally, within the quota of an event source', () => {
    const [found] = Object.values(template.findResources(mapping, { Properties: reader }))
    const patterns: { Pattern: string }[] = found?.Properties.FilterCriteria.Filters
    expect(patterns.map(({ Pattern }) => JSON.parse(Pattern))).toEqual(filters)
    expect(filters.length).toBeLessThanOrEqual(5)
  })

  test('a failed record does not fail its batch, a failed batch is halved, and retries end', () => {
    template.hasResourceProperties(mapping, {
      ...reader,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 5,
      MaximumRecordAgeInSeconds: 3600,
    })
  })

  test('records that keep failing go to a dead-letter queue', () => {
    const Destination = queueOf(template, `${owner}DeadLetters`).arn
    template.hasResourceProperties(mapping, { ...reader, DestinationConfig: { OnFailure: { Destination } } })
  })
})
