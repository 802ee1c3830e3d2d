import { describe, expect, test } from 'vitest'
import {
  actionsOf,
  allowed,
  type FunctionName,
  lambda,
  modes,
  openStackNames,
  reachOf,
  synthesize,
} from './synthesized.ts'

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
const readStream = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams']

describe.each(modes)('with %j', (settings, names) => {
  const { template } = synthesize(settings)

  test('there are no functions but ours', () => {
    template.resourceCountIs('AWS::Lambda::Function', names.length)
  })

  test.each(names)('%s runs on Node 24, arm64', (name) => {
    expect(lambda(template, name)).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] })
  })

  test.each(names.filter((name) => !/Sweeper|Pass|FullSync/.test(name)))(
    '%s is the export `handler`',
    (name) => {
      expect(lambda(template, name).Handler).toBe('index.handler')
    },
  )

  test.each(names)('%s writes to a log group of its own that forgets', (name) => {
    const { Ref } = lambda(template, name).LoggingConfig.LogGroup
    expect(template.findResources('AWS::Logs::LogGroup')[Ref]?.Properties.RetentionInDays).toBe(90)
  })

  test.each(names)('%s may write its logs and not make log groups', (name) => {
    expect(actionsOf(template, name, 'logs')).toEqual(['CreateLogStream', 'PutLogEvents'])
  })

  test.each(names)('%s has no managed policy', (name) => {
    const role = lambda(template, name).Role['Fn::GetAtt'][0]
    expect(template.findResources('AWS::IAM::Role')[role]?.Properties.ManagedPolicyArns).toBeUndefined()
  })

  test.each(names)('%s may not scan, nor anything with a wildcard', (name) => {
    const actions = allowed(template, name).flatMap((statement) => statement.actions)
    expect(actions.filter((action) => /Scan|PartiQL|\*/.test(action))).toEqual([])
  })

  test.each(names)('%s reaches no resource by wildcard, but to list streams', (name) => {
    const wild = allowed(template, name).filter(({ resources }) => JSON.stringify(resources).includes('*'))
    expect(wild.flatMap(({ actions }) => actions)).toEqual(
      ['ProvisioningWorker', 'Relay'].includes(name) ? ['dynamodb:ListStreams'] : [],
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

  test.each(
    names.filter(
      (name) => !['Access', 'Webhooks', 'ProvisioningWorker', 'Relay', 'UsageWorker'].includes(name),
    ),
  )('%s may read and commit', (name) => {
    expect(actionsOf(template, name, 'dynamodb')).toEqual(readAndCommit)
  })

  test('the decision point may only read, by keys and without an index', () => {
    const reach = reachOf(template, 'Access', 'dynamodb')
    expect(reach.map(([action]) => action)).toEqual(['dynamodb:BatchGetItem', 'dynamodb:Query'])
    expect(JSON.stringify(reach)).not.toContain('/index/')
  })

  test('provisioning may read and commit, and read the stream', () => {
    expect(actionsOf(template, 'ProvisioningWorker', 'dynamodb')).toEqual(
      [...readAndCommit, ...readStream].sort(),
    )
  })

  test('the relay may read the stream and nothing of the table', () => {
    expect(actionsOf(template, 'Relay', 'dynamodb')).toEqual(readStream)
  })

  test('the relay may only send to queues', () => {
    expect(new Set(actionsOf(template, 'Relay', 'sqs'))).toEqual(
      new Set(['GetQueueAttributes', 'GetQueueUrl', 'SendMessage']),
    )
  })

  test.each(['Access', 'CleanupWorker', 'CleanupSweeper', 'Relay', 'UsageWorker'] as const)(
    '%s may read no secret',
    (name) => {
      expect(actionsOf(template, name, 'secretsmanager')).toEqual([])
    },
  )

  const secrets: [FunctionName, ...string[]][] = [
    ['Api', 'CURSOR_SECRET_ARN', 'MAIL_SECRET_ARN', 'REPORT_KEYS_ARN'],
    ['Webhooks', 'WEBHOOK_SECRETS_ARN'],
    ['ProvisioningWorker', 'WEBHOOK_SECRETS_ARN'],
    ['ProvisioningSweeper', 'WEBHOOK_SECRETS_ARN'],
    ...openStackNames
      .filter((name) => names.includes(name))
      .map((name): [FunctionName, string] => [name, 'OPENSTACK_SECRET_ARN']),
  ]
  test.each(secrets)('%s may read the secrets that it is told of and no other', (name, ...variables) => {
    const named = variables.map((variable) => lambda(template, name).Environment.Variables[variable])
    for (const secret of named) expect(secret).toHaveProperty('Ref')
    const reach = named.map((secret) => ['secretsmanager:GetSecretValue', secret])
    expect(reachOf(template, name, 'secretsmanager')).toEqual(reach)
  })
})
