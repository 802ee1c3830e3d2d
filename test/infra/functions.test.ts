import { describe, expect, test } from 'vitest'
import * as stack from './synthesized.ts'

const { actionsOf, allowed, lambda, reachOf } = stack
const items = ['BatchGetItem', 'ConditionCheckItem', 'DeleteItem', 'GetItem', 'PutItem', 'UpdateItem']
/** `Query` of the table and of its indexes. */
const readAndCommit = [...items, 'Query', 'Query'].sort()
const readStream = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams']

describe.each(stack.modes)('with %j', (settings, names) => {
  const { template } = stack.synthesize(settings)

  test('there are no functions but ours', () => {
    template.resourceCountIs('AWS::Lambda::Function', names.length)
  })

  test.each(names)('%s runs on Node 24, arm64, and its log lines expire', (name) => {
    const { LoggingConfig, ...properties } = lambda(template, name)
    expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] })
    const group = template.findResources('AWS::Logs::LogGroup')[LoggingConfig.LogGroup.Ref]
    expect(group?.Properties.RetentionInDays).toBe(90)
  })

  // Those of schedules are exports with other names.
  test.each(names.filter((name) => !/Sweeper|BeginSchedules|FullSync/.test(name)))(
    '%s is an export `handler`',
    (name) => {
      expect(lambda(template, name).Handler).toBe('index.handler')
    },
  )

  test.each(names)('%s has no managed policy, and no action by wildcard, scan or new log group', (name) => {
    const role = lambda(template, name).Role['Fn::GetAtt'][0]
    expect(template.findResources('AWS::IAM::Role')[role]?.Properties.ManagedPolicyArns).toBeUndefined()
    const actions = allowed(template, name).flatMap((statement) => statement.actions)
    expect(actions.filter((action) => /Scan|PartiQL|\*/.test(action))).toEqual([])
    expect(actionsOf(template, name, 'logs')).toEqual(['CreateLogStream', 'PutLogEvents'])
  })

  test.each(names)('%s reaches no resource by wildcard, but to list streams', (name) => {
    const wild = allowed(template, name).filter(({ resources }) => JSON.stringify(resources).includes('*'))
    const isReader = ['ProvisioningWorker', 'Relay'].includes(name)
    expect(wild.flatMap(({ actions }) => actions)).toEqual(isReader ? ['dynamodb:ListStreams'] : [])
  })

  test('webhooks may only get and put items, of deliveries', () => {
    expect(actionsOf(template, 'Webhooks', 'dynamodb')).toEqual(['BatchGetItem', 'GetItem', 'PutItem'])
    const statements = allowed(template, 'Webhooks').filter(({ actions }) =>
      actions.includes('dynamodb:PutItem'),
    )
    const condition = {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['D#*'] },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    }
    expect(statements).toMatchObject([{ condition }])
  })

  test('the decision point may only read, by keys and through the index of holders', () => {
    expect(actionsOf(template, 'Access', 'dynamodb')).toEqual(['BatchGetItem', 'Query'])
    const reach = JSON.stringify(reachOf(template, 'Access', 'dynamodb'))
    const indexes = [...reach.matchAll(/\/index\/([\w-]+)/g)].map(([, name]) => name)
    expect([...new Set(indexes)]).toEqual(['grants-by-resource'])
  })

  test.each(names.filter((name) => !['Access', 'Webhooks', 'Relay', 'UsageWorker'].includes(name)))(
    '%s may read and commit, and provisioning may read the stream',
    (name) => {
      const actions = name === 'ProvisioningWorker' ? [...readAndCommit, ...readStream].sort() : readAndCommit
      expect(actionsOf(template, name, 'dynamodb')).toEqual(actions)
    },
  )

  test('the relay may read the stream and send to queues, and nothing of the table', () => {
    expect(actionsOf(template, 'Relay', 'dynamodb')).toEqual(readStream)
    const send = new Set(['GetQueueAttributes', 'GetQueueUrl', 'SendMessage'])
    expect(new Set(actionsOf(template, 'Relay', 'sqs'))).toEqual(send)
  })

  const secrets: [stack.FunctionName, ...string[]][] = [
    ['Api', 'CURSOR_SECRET_ARN', 'MAIL_SECRET_ARN', 'REPORT_KEYS_ARN'],
    ['Webhooks', 'WEBHOOK_SECRETS_ARN'],
    ['ProvisioningWorker', 'WEBHOOK_SECRETS_ARN'],
    ['ProvisioningSweeper', 'WEBHOOK_SECRETS_ARN'],
    ['Access', 'CURSOR_SECRET_ARN'],
    ['CleanupWorker'],
    ['CleanupSweeper'],
    ['Relay'],
    ['UsageWorker'],
    ...stack.openStackNames
      .filter((name) => names.includes(name))
      .map((name): [stack.FunctionName, string] => [name, 'OPENSTACK_SECRET_ARN']),
  ]
  test.each(secrets)('%s may read the secrets of its variables and no other', (name, ...variables) => {
    const named = variables.map((variable) => lambda(template, name).Environment.Variables[variable])
    for (const secret of named) expect(secret).toHaveProperty('Ref')
    const reach = named.map((secret) => ['secretsmanager:GetSecretValue', secret])
    expect(reachOf(template, name, 'secretsmanager')).toEqual(reach)
  })
})
