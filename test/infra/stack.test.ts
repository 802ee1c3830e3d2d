import { AwsSolutionsChecks } from 'cdk-nag'
import { expect, test } from 'vitest'
import { functionNames, lambda, modes, synthesize } from './synthesized.ts'

const { template } = synthesize({
  issuer: 'https://login.example.com',
  operatorClients: ['console', 'batch'],
})

test.each(modes)("cdk-nag finds nothing that isn't acknowledged, with %j", (settings) => {
  const { stack } = synthesize(settings)
  expect(new AwsSolutionsChecks().validateScope(stack).violations).toEqual([])
})

test('signed webhooks and questions go to their functions, everything else to the API', () => {
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
    'ANY /webhooks/{source}': 'Webhooks',
    'ANY /v1/customers/{c}/access/v1/{proxy+}': 'Access',
    'ANY /.well-known/authzen-configuration/v1/customers/{c}': 'Access',
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

test.each(['Api', 'Access'] as const)('%s is told who issues tokens and who operates', (name) => {
  expect(lambda(template, name).Environment.Variables).toMatchObject({
    AUTH_ISSUER: 'https://login.example.com',
    AUTH_AUDIENCE: { 'Fn::GetAtt': [expect.stringContaining('Gateway'), 'ApiEndpoint'] },
    CORS_ORIGINS: '',
    OPERATOR_CLIENTS: 'console,batch',
    CHECK_CLIENTS: '',
  })
})

const publicUrl = 'https://latchkey.example.com'

test.each([
  [{ publicUrl }, publicUrl],
  [{ publicUrl: `${publicUrl}/` }, publicUrl],
  [{ publicUrl, audience: 'latchkey' }, 'latchkey'],
])('tokens are for the public URL or the audience of the settings: %j', (settings, audience) => {
  const api = lambda(synthesize(settings).template, 'Api')
  expect(api.Environment.Variables.AUTH_AUDIENCE).toBe(audience)
})

test('without a public URL the API takes the one of API Gateway', () => {
  expect(lambda(template, 'Api').Environment.Variables.PUBLIC_URL).toEqual({
    'Fn::GetAtt': [expect.stringContaining('Gateway'), 'ApiEndpoint'],
  })
})

test('the secret of the cursors is generated', () => {
  template.hasResourceProperties('AWS::SecretsManager::Secret', {
    GenerateSecretString: { PasswordLength: 64 },
  })
})

test('secrets of webhooks and keys of reports are empty until operators set them', () => {
  const ofOperators = Object.entries(
    template.findResources('AWS::SecretsManager::Secret', { Properties: { SecretString: '{}' } }),
  )
  expect(ofOperators.map(([id]) => id.replace(/[0-9A-F]{8}$/, '')).sort()).toEqual([
    'SecretsReports',
    'SecretsWebhooks',
  ])
})
