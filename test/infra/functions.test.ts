import { expect, test } from 'vitest'
import { actionsOf, allowed, functionNames, lambda, synthesize } from './synthesized.ts'

const { template } = synthesize()
const readAndCommit = [
  'BatchGetItem',
  'ConditionCheckItem',
  'DeleteItem',
  'GetItem',
  'PutItem',
  'Query',
  'Query',
  'UpdateItem',
]

test('there are no functions but ours', () => {
  template.resourceCountIs('AWS::Lambda::Function', functionNames.length)
})

test.each(functionNames)('%s runs on Node 24, arm64', (name) => {
  expect(lambda(template, name)).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] })
})

test.each(functionNames)('%s writes to a log group of its own that forgets', (name) => {
  const { Ref } = lambda(template, name).LoggingConfig.LogGroup
  expect(template.findResources('AWS::Logs::LogGroup')[Ref]?.Properties.RetentionInDays).toBe(90)
})

test.each(functionNames)('%s may write its logs and not make log groups', (name) => {
  expect(actionsOf(template, name, 'logs')).toEqual(['CreateLogStream', 'PutLogEvents'])
})

test.each(functionNames)('%s has no managed policy', (name) => {
  const role = lambda(template, name).Role['Fn::GetAtt'][0]
  expect(template.findResources('AWS::IAM::Role')[role]?.Properties.ManagedPolicyArns).toBeUndefined()
})

test.each(functionNames)('%s may not scan, nor anything with a wildcard', (name) => {
  const actions = allowed(template, name).flatMap((statement) => statement.actions)
  expect(actions.filter((action) => /Scan|PartiQL|\*/.test(action))).toEqual([])
})

test.each(functionNames)('%s reaches no resource by wildcard, but to list streams', (name) => {
  const wild = allowed(template, name).filter(({ resources }) => JSON.stringify(resources).includes('*'))
  expect(wild.flatMap(({ actions }) => actions)).toEqual(
    name.endsWith('Worker') ? ['dynamodb:ListStreams'] : [],
  )
})

test('webhooks may only get and put items', () => {
  expect(actionsOf(template, 'Webhooks', 'dynamodb')).toEqual(['BatchGetItem', 'GetItem', 'PutItem'])
})

test('webhooks may only touch deliveries', () => {
  const [statement] = allowed(template, 'Webhooks').filter(({ actions }) =>
    actions.includes('dynamodb:PutItem'),
  )
  expect(statement?.condition).toEqual({
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['D#*'] },
    Null: { 'dynamodb:LeadingKeys': 'false' },
  })
})

test.each(['Api', 'ProvisioningSweeper', 'CleanupSweeper'] as const)('%s may read and commit', (name) => {
  expect(actionsOf(template, name, 'dynamodb')).toEqual(readAndCommit)
})

test.each(['ProvisioningWorker', 'CleanupWorker'] as const)(
  '%s may read and commit, and read the stream',
  (name) => {
    expect(actionsOf(template, name, 'dynamodb')).toEqual(
      [...readAndCommit, 'DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].sort(),
    )
  },
)

test.each(['CleanupWorker', 'CleanupSweeper'] as const)('%s may read no secret', (name) => {
  expect(actionsOf(template, name, 'secretsmanager')).toEqual([])
})

test.each([
  ['Api', 'CURSOR_SECRET_ARN'],
  ['Webhooks', 'WEBHOOK_SECRETS_ARN'],
  ['ProvisioningWorker', 'WEBHOOK_SECRETS_ARN'],
  ['ProvisioningSweeper', 'WEBHOOK_SECRETS_ARN'],
] as const)('%s may read the secret that %s names and no other', (name, variable) => {
  const readable = allowed(template, name)
    .filter(({ actions }) => actions.some((action) => action.startsWith('secretsmanager:')))
    .flatMap(({ actions, resources }) => actions.flatMap((action) => resources.map((arn) => [action, arn])))
  const named = lambda(template, name).Environment.Variables[variable]
  expect(named).toHaveProperty('Ref')
  expect(readable).toEqual([['secretsmanager:GetSecretValue', named]])
})
