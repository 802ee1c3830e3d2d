import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { DynamoDBStreamEvent } from 'aws-lambda'
import { createJsonLog } from '../../shared/runtime/log.ts'
import { connectTable } from '../../shared/table/table.ts'
import type { SourcePolicy } from './source-policy.ts'
import { createProvisioning } from './worker.ts'

const { TABLE_NAME = '', WEBHOOK_SECRETS_ARN, CUSTOMER_ID_PATTERN = '', OPENSTACK } = process.env
const now = () => new Date()
const secrets = new SecretsManagerClient()

/** Milliseconds for which a source's old policy may still be in force after a change. */
const sourcesLast = 5 * 60_000
let sources = await readSources()
let readAt = Date.now()

async function readSources(): Promise<Record<string, SourcePolicy>> {
  const secret = await secrets.send(new GetSecretValueCommand({ SecretId: WEBHOOK_SECRETS_ARN }))
  return JSON.parse(secret.SecretString ?? '{}')
}

async function refreshSources(): Promise<void> {
  if (Date.now() - readAt < sourcesLast) return
  sources = await readSources()
  readAt = Date.now()
}

const provisioning = createProvisioning({
  table: connectTable(TABLE_NAME, now),
  sources: () => sources,
  customerIdPattern: new RegExp(CUSTOMER_ID_PATTERN),
  openstack: OPENSTACK === 'on',
  log: createJsonLog((line) => process.stdout.write(`${line}\n`), now),
})

/** Handles the table's stream, which carries keys only. */
export async function handler(event: DynamoDBStreamEvent) {
  await refreshSources()
  return provisioning.onStream(event)
}

/** Handles the schedule: processes what is due. */
export async function sweep() {
  await refreshSources()
  return provisioning.sweep()
}
