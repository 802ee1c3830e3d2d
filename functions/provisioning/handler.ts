import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { DynamoDBStreamEvent } from 'aws-lambda'
import * as v from 'valibot'
import { parseWebhookSecret } from '../../shared/auth/webhook-sources.ts'
import { cachedFor, minutes } from '../../shared/runtime/cached-for.ts'
import { createJsonLog } from '../../shared/runtime/log.ts'
import { connectTable } from '../../shared/table/table.ts'
import { SourcePolicy } from './source-policy.ts'
import { createProvisioning } from './worker.ts'

const { TABLE_NAME = '', WEBHOOK_SECRETS_ARN, CUSTOMER_ID_PATTERN = '', OPENSTACK } = process.env
const now = () => new Date()
const secrets = new SecretsManagerClient()

const readSources = cachedFor<Record<string, SourcePolicy>>(minutes(5), async () => {
  const secret = await secrets.send(new GetSecretValueCommand({ SecretId: WEBHOOK_SECRETS_ARN }))
  const configured = Object.entries(parseWebhookSecret(secret.SecretString ?? '{}'))
  return Object.fromEntries(
    configured.flatMap(([name, source]) => (v.is(SourcePolicy, source) ? [[name, source] as const] : [])),
  )
})
let sources = await readSources()

const provisioning = createProvisioning({
  table: connectTable(TABLE_NAME, now),
  sources: () => sources,
  customerIdPattern: new RegExp(CUSTOMER_ID_PATTERN),
  openstack: OPENSTACK === 'on',
  log: createJsonLog((line) => process.stdout.write(`${line}\n`), now),
})

/** Handles the table's stream, which carries keys only. */
export async function handler(event: DynamoDBStreamEvent) {
  sources = await readSources()
  return provisioning.onStream(event)
}

/** Handles the schedule: processes what is due. */
export async function sweep() {
  sources = await readSources()
  return provisioning.sweep()
}
