import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import {
  createWebhookVerifier,
  type WebhookSources,
  type WebhookVerifier,
} from '../../shared/auth/webhook-signature.ts'
import { DomainError } from '../../shared/domain/values/errors.ts'
import { behindGateway } from '../../shared/http/request/gateway.ts'
import { errorTrace } from '../../shared/runtime/error-trace.ts'
import { createJsonLog } from '../../shared/runtime/log.ts'
import { connectTable } from '../../shared/table/table.ts'
import { createWebhooks } from './app.ts'

const { TABLE_NAME = '', WEBHOOK_SECRETS_ARN } = process.env
const now = () => new Date()
const log = createJsonLog((line) => process.stdout.write(`${line}\n`), now)
const secrets = new SecretsManagerClient()

/** A secret that was taken away is in force for this long at most, in milliseconds. */
const secretsLast = 5 * 60_000
let verifier: WebhookVerifier = unknownSecrets
let readAt = -secretsLast
await refresh()

/** Secrets that may have been taken away are in force no longer: senders keep what can't be verified, and try again. */
async function refresh(): Promise<void> {
  if (Date.now() - readAt <= secretsLast) return
  try {
    verifier = await readVerifier()
    readAt = Date.now()
  } catch (error) {
    verifier = unknownSecrets
    log('error', 'the secrets of webhooks could not be read', { error: errorTrace(error) })
  }
}

function unknownSecrets(): never {
  throw new DomainError('unavailable', 'no delivery can be verified just now; send it again')
}

async function readVerifier(): Promise<WebhookVerifier> {
  const secret = await secrets.send(new GetSecretValueCommand({ SecretId: WEBHOOK_SECRETS_ARN }))
  const sources: WebhookSources | null = JSON.parse(secret.SecretString ?? '{}')
  if (typeof sources !== 'object' || sources === null) throw new Error('the secret is no JSON object')
  return createWebhookVerifier(sources, now, ({ message }) => log('error', message))
}

const answer = behindGateway(
  createWebhooks({
    table: connectTable(TABLE_NAME, now),
    verifySignature: (...delivery) => verifier(...delivery),
    now,
    log,
  }),
)

export const handler: typeof answer = async (event, context) => {
  await refresh()
  return answer(event, context)
}
