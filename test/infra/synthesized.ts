import { readFileSync } from 'node:fs'
import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { readSettings } from '../../infra/constructs/settings.ts'
import { LatchkeyStack } from '../../infra/stack.ts'

// `npm run check` validates the real synth; here it would cost each file two seconds.
process.env.CDK_VALIDATION = 'false'

const cdk: { context: Record<string, unknown> } = JSON.parse(
  readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'),
)

/** The stack and its template as `cdk synth` makes them, without bundling. */
export function synthesize(context: Record<string, unknown> = {}): {
  stack: LatchkeyStack
  template: Template
} {
  const app = new App({ context: { ...cdk.context, ...context, 'aws:cdk:bundling-stacks': [] } })
  const stack = new LatchkeyStack(app, 'Latchkey', { settings: readSettings(app.node) })
  return { stack, template: Template.fromStack(stack) }
}

export const functionNames = [
  'Api',
  'Webhooks',
  'ProvisioningWorker',
  'ProvisioningSweeper',
  'CleanupWorker',
  'CleanupSweeper',
] as const
export type FunctionName = (typeof functionNames)[number]

type LambdaFunction = {
  Runtime: string
  Architectures: string[]
  Handler: string
  Timeout: number
  Environment: { Variables: Record<string, unknown> }
  LoggingConfig: { LogGroup: { Ref: string } }
  Role: { 'Fn::GetAtt': [string, string] }
}

export function lambda(template: Template, name: FunctionName): LambdaFunction & { logicalId: string } {
  for (const [logicalId, resource] of Object.entries(template.findResources('AWS::Lambda::Function'))) {
    const properties: LambdaFunction = resource.Properties
    if (logicalId.startsWith(name)) return { ...properties, logicalId }
  }
  throw new Error(`No function ${name}`)
}

export type Statement = { actions: string[]; resources: unknown[]; condition?: unknown }

/** Everything that the policies of the function's role allow. */
export function allowed(template: Template, name: FunctionName): Statement[] {
  const role = lambda(template, name).Role['Fn::GetAtt'][0]
  return Object.values(template.findResources('AWS::IAM::Policy'))
    .filter((policy) => JSON.stringify(policy.Properties.Roles) === JSON.stringify([{ Ref: role }]))
    .flatMap((policy) => policy.Properties.PolicyDocument.Statement)
    .map((statement) => ({
      actions: [statement.Action].flat(),
      resources: [statement.Resource].flat(),
      condition: statement.Condition,
    }))
}

/** Names of the actions of one service that the function may do on anything. */
export function actionsOf(template: Template, name: FunctionName, service: string): string[] {
  return allowed(template, name)
    .flatMap(({ actions }) => actions)
    .filter((action) => action.startsWith(`${service}:`))
    .map((action) => action.slice(service.length + 1))
    .sort()
}
