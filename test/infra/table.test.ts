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

test('the table can be restored to any second', () => {
  template.hasResourceProperties(type, {
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  })
})

test('the table is paid by request', () => {
  template.hasResourceProperties(type, { BillingMode: 'PAY_PER_REQUEST' })
})

test('the stream carries keys only', () => {
  template.hasResourceProperties(type, { StreamSpecification: { StreamViewType: 'KEYS_ONLY' } })
})

test('items expire by ttl', () => {
  template.hasResourceProperties(type, { TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true } })
})

test('the keys are pk and sk', () => {
  template.hasResourceProperties(type, { KeySchema: keySchema('pk', 'sk') })
})

test('every index of the schema is there, with what its readers need', () => {
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
