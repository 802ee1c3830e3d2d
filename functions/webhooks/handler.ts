import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { handle } from 'hono/aws-lambda'
import type { WebhookSources } from '../../shared/auth/webhook-signature.ts'
import { createWebhookVerifier } from '../../shared/auth/webhook-signature.ts'
import { createJsonLog } from '../../shared/http/json-log.ts'
import { connectTable } from '../../shared/table/connect.ts'
import { createWebhooks } from './app.ts'

const { TABLE_NAME = '', WEBHOOK_SECRETS_ARN } = process.env
const now = () => new Date()
const secret = await new SecretsManagerClient().send(
  new GetSecretValueCommand({ SecretId: WEBHOOK_SECRETS_ARN }),
)
const sources = JSON.parse(secret.SecretString ?? '{}') as WebhookSources

export const handler = handle(
  createWebhooks({
    table: connectTable(TABLE_NAME, now),
    verifySignature: createWebhookVerifier(sources, now),
    now,
    log: createJsonLog((line) => process.stdout.write(`${line}\n`), now),
  }),
)
