import { expect, test } from 'vitest'
import { createSeenLog, createUsageLog } from '../../shared/usage/usage-log.ts'
import { createJsonLog } from '../../shared/runtime/log.ts'
import { keys } from '../../shared/table/keys.ts'
import { actionsOf, allowed, lambda, reachOf, synthesize } from './synthesized.ts'

const { template } = synthesize()
const worker = lambda(template, 'UsageWorker')
const logs = (['Api', 'Access'] as const).map((name) => lambda(template, name).LoggingConfig.LogGroup)
const subscriptions = Object.values(template.findResources('AWS::Logs::SubscriptionFilter')).map(
  ({ Properties }) => Properties,
)

const now = () => new Date('2026-11-27T12:00:00Z')
/** Compares like IAM, where `*` is anything. */
const isTouched = ({ pk }: { pk: string }) => /^C#.*#U#.*#USAGE$/.test(pk)

test('the worker is handed lines of the logs of API and decision point, and of no other', () => {
  expect(subscriptions).toEqual(
    logs.map((LogGroupName) =>
      expect.objectContaining({ LogGroupName, DestinationArn: { 'Fn::GetAtt': [worker.logicalId, 'Arn'] } }),
    ),
  )
})

test('these are the lines of usage, and of users seen', () => {
  const lines: string[] = []
  const log = createJsonLog((line) => void lines.push(line), now)
  const resource = { kind: 'project', id: 'main' } as const
  createUsageLog(log, now)({ customerId: 'ACM000001', userId: 'usr_1', resource, level: 'read' })
  createSeenLog(log, now)({ customerId: 'ACM000001', userId: 'usr_1' })
  const patterns = lines.map((line) => `($.message = "${JSON.parse(line).message}")`)
  expect(patterns).toHaveLength(2)
  for (const { FilterPattern } of subscriptions) expect(FilterPattern).toBe(`{ ${patterns.join(' || ')} }`)
})

test('the logs may invoke it, and nothing else', () => {
  const permissions = Object.values(template.findResources('AWS::Lambda::Permission')).filter(
    ({ Properties }) => JSON.stringify(Properties.FunctionName).includes(worker.logicalId),
  )
  expect(permissions.map(({ Properties }) => Properties)).toEqual(
    logs.map(({ Ref }) => ({
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': [worker.logicalId, 'Arn'] },
      Principal: 'logs.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [Ref, 'Arn'] },
    })),
  )
})

test('it may only get and update items of the table', () => {
  const actions = new Set(actionsOf(template, 'UsageWorker', 'dynamodb'))
  expect([...actions]).toEqual(['BatchGetItem', 'GetItem', 'UpdateItem'])
  const arns = reachOf(template, 'UsageWorker', 'dynamodb').map(([, arn]) => JSON.stringify(arn))
  expect(new Set(arns).size).toBe(1)
})

test('it may only change usage, and the last time users were seen', () => {
  const statements = allowed(template, 'UsageWorker').filter(({ actions }) =>
    actions.some((action) => action.startsWith('dynamodb:')),
  )
  expect(statements.map(({ condition }) => condition)).toEqual([
    {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['C#*#U#*#USAGE'] },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    },
    {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['C#*#U#*'] },
      'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['pk', 'sk', 'lastSeenAt'] },
      StringEqualsIfExists: { 'dynamodb:ReturnValues': ['NONE'] },
      Null: { 'dynamodb:LeadingKeys': 'false', 'dynamodb:Attributes': 'false' },
    },
  ])
  expect(statements.map(({ actions }) => actions)).toEqual([
    ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:UpdateItem'],
    ['dynamodb:UpdateItem'],
  ])
})

test('that pattern matches keys of usage, and none of users, grants, customers and events', () => {
  const [c, u] = ['ACM000001', 'usr_1']
  expect(isTouched(keys.usage(c, u, 'project', 'main'))).toBe(true)
  const others = [keys.user(c, u), keys.grant(c, u, 'project', 'main'), keys.customer(c), keys.event(c, u)]
  expect(others.filter(isTouched)).toEqual([])
})

test('it has no secret and no setting but the table', () => {
  expect(Object.keys(worker.Environment.Variables).sort()).toEqual(['NODE_OPTIONS', 'TABLE_NAME'])
})
