import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { DynamoDBStreamEvent } from 'aws-lambda'
import { createJsonLog } from '../../shared/http/json-log.ts'
import { connectTable } from '../../shared/table/connect.ts'
import type { SourcePolicy } from './source-policy.ts'
import { createProvisioning } from './worker.ts'

const { TABLE_NAME = '', WEBHOOK_SECRETS_ARN, CUSTOMER_ID_PATTERN = '' } = process.env
const now = () => new Date()
const secret = await new SecretsManagerClient().send(
  new GetSecretValueCommand({ SecretId: WEBHOOK_SECRETS_ARN }),
)
const sources: Record<string, SourcePolicy> = JSON.parse(secret.SecretString ?? '{}')

const provisioning = createProvisioning({
  table: connectTable(TABLE_NAME, now),
  sources,
  customerIdPattern: new RegExp(CUSTOMER_ID_PATTERN),
  log: createJsonLog((line) => process.stdout.write(`${line}\n`), now),
})

/** The table's stream: keys of what was written. */
export const handler = (event: DynamoDBStreamEvent) => provisioning.onStream(event)

/** The schedule: what is due. */
export const sweep = () => provisioning.sweep()
