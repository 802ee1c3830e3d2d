import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib'
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { Topic } from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import { HttpApiGateway } from './constructs/api-gateway.ts'
import { Cleanup } from './constructs/cleanup.ts'
import { NodeFunction } from './constructs/node-function.ts'
import { Notifications } from './constructs/notifications.ts'
import { OpenStack } from './constructs/openstack.ts'
import { Provisioning } from './constructs/provisioning.ts'
import { Relay } from './constructs/relay.ts'
import { Reviews } from './constructs/reviews.ts'
import { Secrets } from './constructs/secrets.ts'
import type { Settings } from './constructs/settings.ts'
import { DirectoryTable } from './constructs/table.ts'
import { Usage } from './constructs/usage.ts'

/* oxlint-disable no-new -- a construct attaches itself to its scope */

/** The service on AWS; `infra/local` composes the same parts on one machine. */
export class LatchkeyStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps & { settings: Settings }) {
    super(scope, id, props)
    const { settings } = props
    const table = new DirectoryTable(this, 'Directory')
    const secrets = new Secrets(this, 'Secrets')
    const gateway = new HttpApiGateway(this, 'Gateway')
    const publicUrl = settings.publicUrl ?? gateway.url
    // For all functions that plan Changes.
    const planning = {
      CUSTOMER_ID_PATTERN: settings.customerIdPattern,
      ...(settings.openstack ? { OPENSTACK: 'on' } : {}),
    }

    // For both functions that verify access tokens.
    const facing = {
      AUTH_ISSUER: settings.issuer,
      AUTH_AUDIENCE: settings.audience ?? publicUrl,
      OPERATOR_CLIENTS: settings.operatorClients.join(','),
      CHECK_CLIENTS: settings.checkClients.join(','),
      OPERATOR_GROUPS: settings.operatorGroups.join(','),
      PUBLIC_URL: publicUrl,
      CORS_ORIGINS: settings.corsOrigins.join(','),
    }

    const api = new NodeFunction(this, 'Api', {
      description: 'Latchkey API: changes and reads',
      folder: 'api',
      timeout: Duration.seconds(29),
      environment: {
        ...planning,
        ...facing,
        ...(settings.mailFrom === undefined ? {} : { MAIL: 'on' }),
      },
    })
    table.grantReadAndCommit(api)
    secrets.grantCursorSecret(api)
    secrets.grantReportKeys(api)
    secrets.grantMailSecret(api)

    const access = new NodeFunction(this, 'Access', {
      description: 'Latchkey access: decisions (AuthZEN)',
      folder: 'access',
      timeout: Duration.seconds(10),
      environment: { ...facing, CUSTOMER_ID_PATTERN: settings.customerIdPattern },
    })
    table.grantRead(access)
    secrets.grantCursorSecret(access)
    new Usage(this, 'Usage', { table, functions: [api, access] })

    const webhooks = new NodeFunction(this, 'Webhooks', {
      description: 'Latchkey webhooks: verifies and records deliveries',
      folder: 'webhooks',
      timeout: Duration.seconds(10),
    })
    table.grantRecordDeliveries(webhooks)
    secrets.grantWebhookSources(webhooks)

    new Provisioning(this, 'Provisioning', { table, secrets, environment: planning })
    const cleanup = new Cleanup(this, 'Cleanup', { table })
    const reviews = new Reviews(this, 'Reviews', { table, environment: planning })
    const openstack = settings.openstack ? [new OpenStack(this, 'OpenStack', { table })] : []
    const { mailFrom } = settings
    const notifications =
      mailFrom === undefined
        ? []
        : [new Notifications(this, 'Notifications', { table, secrets, mailFrom, publicUrl })]
    new Relay(this, 'Relay', { table, workers: [cleanup, reviews, ...openstack, ...notifications] })

    gateway.route({ webhooks, access, everythingElse: api })
    new CfnOutput(this, 'Url', { value: publicUrl })
    if (settings.alarmTopicArn !== undefined) this.#notify(settings.alarmTopicArn)
  }

  #notify(topicArn: string): void {
    const action = new SnsAction(Topic.fromTopicArn(this, 'AlarmTopic', topicArn))
    for (const alarm of this.node.findAll()) if (alarm instanceof Alarm) alarm.addAlarmAction(action)
  }
}
