import { readFileSync } from 'node:fs'
import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import type { Subscription } from '../../functions/relay/relay.ts'
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
  'Access',
  'Webhooks',
  'ProvisioningWorker',
  'ProvisioningSweeper',
  'CleanupWorker',
  'CleanupSweeper',
  'Relay',
  'UsageWorker',
  'ReviewsWorker',
  'ReviewsSweeper',
  'ReviewsBeginSchedules',
] as const
export const openStackNames = ['OpenStackWorker', 'OpenStackSweeper', 'OpenStackFullSync'] as const
export const notificationsNames = ['NotificationsWorker', 'NotificationsSweeper'] as const
export type FunctionName =
  | (typeof functionNames)[number]
  | (typeof openStackNames)[number]
  | (typeof notificationsNames)[number]

export const mailFrom = 'latchkey@mail.example.com'

/** The smallest and the largest stack: settings and functions. */
export const modes: [Record<string, string>, FunctionName[]][] = [
  [{ openstack: 'off' }, [...functionNames]],
  [{ openstack: 'on', mailFrom }, [...functionNames, ...openStackNames, ...notificationsNames]],
]

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

export type Statement = { actions: string[]; resources: { Ref?: string }[]; condition?: unknown }

/** Everything that the policies of the function's role allow. */
export function allowed(template: Template, name: FunctionName): Statement[] {
  return allowedTo(template, lambda(template, name).Role['Fn::GetAtt'][0])
}

/** Everything that the policies of the role with this logical id allow. */
export function allowedTo(template: Template, role: string): Statement[] {
  return Object.values(template.findResources('AWS::IAM::Policy'))
    .filter((policy) => JSON.stringify(policy.Properties.Roles) === JSON.stringify([{ Ref: role }]))
    .flatMap((policy) => policy.Properties.PolicyDocument.Statement)
    .map((statement) => ({
      actions: [statement.Action].flat(),
      resources: [statement.Resource].flat(),
      condition: statement.Condition,
    }))
}

/** Actions of one service that the function is allowed, each with its resource. */
export function reachOf(
  template: Template,
  name: FunctionName,
  service: string,
): [string, { Ref?: string }][] {
  return allowed(template, name).flatMap(({ actions, resources }) =>
    actions
      .filter((action) => action.startsWith(`${service}:`))
      .flatMap((action) => resources.map((arn): [string, { Ref?: string }] => [action, arn])),
  )
}

/** Names of the actions of one service that the function may do on anything. */
export function actionsOf(template: Template, name: FunctionName, service: string): string[] {
  return allowed(template, name)
    .flatMap(({ actions }) => actions)
    .filter((action) => action.startsWith(`${service}:`))
    .map((action) => action.slice(service.length + 1))
    .sort()
}

type Queue = { id: string; arn: unknown; properties: Record<string, unknown> }

/** Finds a queue by the beginning of its logical id. */
export function queueOf(template: Template, name: string): Queue {
  for (const [id, { Properties }] of Object.entries(template.findResources('AWS::SQS::Queue')))
    if (id.startsWith(name)) return { id, arn: { 'Fn::GetAtt': [id, 'Arn'] }, properties: Properties }
  throw new Error(`No queue ${name}`)
}

/** The relay's subscriptions, with the queues' logical ids in place of their URLs. */
export function subscriptionsOf(template: Template): Subscription[] {
  const { SUBSCRIPTIONS } = lambda(template, 'Relay').Environment.Variables
  const parts = (SUBSCRIPTIONS as { 'Fn::Join': [string, (string | { Ref: string })[]] })['Fn::Join'][1]
  return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : part.Ref)).join(''))
}
