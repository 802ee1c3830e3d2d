import { Stack } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { streamFilters } from '../../functions/notifications/stream-filter.ts'
import { QueueWorker } from './queue-worker.ts'
import type { Secrets } from './secrets.ts'
import type { DirectoryTable } from './table.ts'

type NotificationsProps = {
  table: DirectoryTable
  secrets: Secrets
  mailFrom: string
  publicUrl: string
}

/** Sends reminders and invitations by SES. */
export class Notifications extends QueueWorker {
  constructor(scope: Construct, id: string, { table, secrets, mailFrom, publicUrl }: NotificationsProps) {
    super(scope, id, {
      table,
      folder: 'notifications',
      descriptions: {
        worker: 'sends messages from the stream',
        sweeper: 'sends due and missed messages',
      },
      filters: streamFilters,
      environment: { MAIL_FROM: mailFrom, PUBLIC_URL: publicUrl },
      // SES takes a limited number of messages a second.
      maxConcurrency: 2,
    })
    // Operators verify the address or its domain in SES.
    const identities = [mailFrom, mailFrom.slice(mailFrom.indexOf('@') + 1)]
    const maySend = new PolicyStatement({
      actions: ['ses:SendEmail'],
      resources: identities.map((resourceName) =>
        Stack.of(this).formatArn({ service: 'ses', resource: 'identity', resourceName }),
      ),
      conditions: { StringEquals: { 'ses:FromAddress': mailFrom } },
    })
    for (const grantee of [this.worker, this.sweeper]) {
      grantee.addToRolePolicy(maySend)
      secrets.grantMailSecret(grantee)
    }
  }
}
