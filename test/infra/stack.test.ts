import { AwsSolutionsChecks } from 'cdk-nag'
import { expect, test } from 'vitest'
import { runbooks } from '../../infra/constructs/alarms.ts'
import { functionNames, lambda, synthesize } from './synthesized.ts'

const topic = 'arn:aws:sns:eu-central-1:111111111111:alarms'
const { stack, template } = synthesize({
  issuer: 'https://login.example.com',
  operatorClients: ['console', 'batch'],
  alarmTopicArn: topic,
})
const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
  (alarm) => alarm.Properties,
)

test("cdk-nag's AwsSolutions finds nothing that isn't acknowledged", () => {
  expect(new AwsSolutionsChecks().validateScope(stack).violations).toEqual([])
})

test('signed webhooks go to their function, everything else to the API', () => {
  const integrations = template.findResources('AWS::ApiGatewayV2::Integration')
  const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route')).map(({ Properties }) => {
    const [integration] = Object.keys(integrations).filter((id) =>
      JSON.stringify(Properties.Target).includes(id),
    )
    const target = JSON.stringify(integrations[integration ?? '']?.Properties.IntegrationUri)
    return [
      Properties.RouteKey,
      functionNames.find((name) => target.includes(lambda(template, name).logicalId)),
    ]
  })
  expect(Object.fromEntries(routes)).toEqual({
    'POST /webhooks/{source}': 'Webhooks',
    'ANY /': 'Api',
    'ANY /{proxy+}': 'Api',
  })
})

test('requests are throttled', () => {
  template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
    DefaultRouteSettings: { ThrottlingRateLimit: 1_000, ThrottlingBurstLimit: 2_000 },
  })
})

test('access logs hold neither paths, query strings, callers nor headers', () => {
  const [stage] = Object.values(template.findResources('AWS::ApiGatewayV2::Stage'))
  const format: string = stage?.Properties.AccessLogSettings.Format
  expect(Object.values(JSON.parse(format)).join(' ')).not.toMatch(/path|query|identity|authorizer|header/i)
})

test('the API is told who issues tokens and who operates', () => {
  expect(lambda(template, 'Api').Environment.Variables).toMatchObject({
    AUTH_ISSUER: 'https://login.example.com',
    AUTH_AUDIENCE: 'latchkey',
    OPERATOR_CLIENTS: 'console,batch',
    CHECK_CLIENTS: '',
  })
})

test('without a public URL the API takes the one of API Gateway', () => {
  expect(lambda(template, 'Api').Environment.Variables.PUBLIC_URL).toEqual({
    'Fn::GetAtt': [expect.stringContaining('Entrance'), 'ApiEndpoint'],
  })
})

test('the secret of the cursors is generated', () => {
  template.hasResourceProperties('AWS::SecretsManager::Secret', {
    GenerateSecretString: { PasswordLength: 64 },
  })
})

test('no webhook source is trusted until operators name one', () => {
  template.hasResourceProperties('AWS::SecretsManager::Secret', { SecretString: '{}' })
})

test('every function has an alarm for its errors', () => {
  const watched = alarms
    .filter(({ MetricName }) => MetricName === 'Errors')
    .map(({ Dimensions }) => Dimensions)
  const expected = functionNames.map((name) => [
    { Name: 'FunctionName', Value: { Ref: lambda(template, name).logicalId } },
  ])
  expect(watched).toEqual(expect.arrayContaining(expected))
})

test.each(['IteratorAge', 'ApproximateNumberOfMessagesVisible', '5xx'])(
  'there is an alarm on %s',
  (metric) => {
    expect(alarms.map(({ MetricName }) => MetricName)).toContain(metric)
  },
)

test('every alarm names a heading of the runbook', () => {
  const headings = Object.values(runbooks).map((heading) => `Runbook: README.md, "${heading}".`)
  const named = alarms.map(({ AlarmDescription }) => headings.find((each) => AlarmDescription.endsWith(each)))
  expect(new Set(named)).toEqual(new Set(headings))
})

test('every alarm tells the topic of the settings', () => {
  expect(alarms.map(({ AlarmActions }) => AlarmActions)).toEqual(alarms.map(() => [topic]))
})
