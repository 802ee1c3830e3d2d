import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SendEmailCommand, SESv2Client } from '@aws-sdk/client-sesv2'
import type { SQSEvent } from 'aws-lambda'
import { createOptOutTokens } from '../../shared/auth/opt-out-token.ts'
import { createJsonLog } from '../../shared/runtime/log.ts'
import { fromQueue } from '../../shared/table/stream.ts'
import { connectTable } from '../../shared/table/table.ts'
import { listHeaders, type Notifier } from './notifier.ts'
import { createNotifications } from './worker.ts'

const { TABLE_NAME = '', MAIL_FROM, MAIL_SECRET_ARN, PUBLIC_URL = '' } = process.env
const now = () => new Date()
const log = createJsonLog((line) => process.stdout.write(`${line}\n`), now)
/** With the SDK's retries, below the half minute that a function has left when it begins its last message. */
const timeouts = { connectionTimeout: 2_000, requestTimeout: 6_000, throwOnRequestTimeout: true }
const mail = new SESv2Client({ requestHandler: timeouts })

const inUtf8 = (Data: string) => ({ Data, Charset: 'UTF-8' })

const notifier: Notifier = async (message) => {
  const { to, subject, text } = message
  const Headers = Object.entries(listHeaders(message)).map(([Name, Value]) => ({ Name, Value }))
  const Simple = { Subject: inUtf8(subject), Body: { Text: inUtf8(text) }, Headers }
  await mail.send(
    new SendEmailCommand({
      FromEmailAddress: MAIL_FROM,
      Destination: { ToAddresses: [to] },
      Content: { Simple },
    }),
  )
}

async function readMailSecret(): Promise<string> {
  const secret = await new SecretsManagerClient().send(
    new GetSecretValueCommand({ SecretId: MAIL_SECRET_ARN }),
  )
  return secret.SecretString ?? ''
}

const notifications = createNotifications({
  table: connectTable(TABLE_NAME, now),
  notifier,
  optOut: createOptOutTokens(await readMailSecret()),
  publicUrl: PUBLIC_URL.replace(/\/+$/, ''),
  log,
})

/** Handles records of the table's stream, from the relay's queue. */
export async function handler(event: SQSEvent) {
  return fromQueue(event, notifications.onStream, log)
}

/** Run by a schedule: sends the messages that are due. */
export async function sweep() {
  return notifications.sweep()
}
