import { expect, test } from 'vitest'
import { type Index, indexes } from '../../shared/table/schema.ts'
import { synthesize } from './synthesized.ts'

const { template } = synthesize()
const type = 'AWS::DynamoDB::Table'
const [table] = Object.values(template.findResources(type))

test('there is one table', () => {
  template.resourceCountIs(type, 1)
})

test('the table cannot be deleted by mistake, nor with the stack', () => {
  template.hasResource(type, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' })
  template.hasResourceProperties(type, { DeletionProtectionEnabled: true })
})

test.each<[string, object]>([
  [
    'can be restored to any second',
    { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } },
  ],
  ['is paid by request', { BillingMode: 'PAY_PER_REQUEST' }],
  ['has a stream of keys only', { StreamSpecification: { StreamViewType: 'KEYS_ONLY' } }],
  ['drops items by ttl', { TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true } }],
  ['has the keys pk and sk', { KeySchema: keySchema('pk', 'sk') }],
])('the table %s', (_what, properties) => {
  template.hasResourceProperties(type, properties)
})

test('every index of the schema is there, with the attributes of its readers', () => {
  expect(table?.Properties.GlobalSecondaryIndexes).toEqual(
    Object.values<Index>(indexes).map(({ name, partition, sort, include }) => ({
      IndexName: name,
      KeySchema: keySchema(partition, sort),
      Projection: include
        ? { ProjectionType: 'INCLUDE', NonKeyAttributes: include }
        : { ProjectionType: 'KEYS_ONLY' },
    })),
  )
})

function keySchema(partition: string, sort: string) {
  return [
    { AttributeName: partition, KeyType: 'HASH' },
    { AttributeName: sort, KeyType: 'RANGE' },
  ]
}
