import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { createWebhookVerifier, type WebhookVerifier } from '../../shared/auth/webhook-signature.ts'
import { parseWebhookSecret } from '../../shared/auth/webhook-sources.ts'
import { DomainError } from '../../shared/domain/values/errors.ts'
import { behindGateway } from '../../shared/http/request/gateway.ts'
import { cachedFor, minutes } from '../../shared/runtime/cached-for.ts'
import { errorTrace } from '../../shared/runtime/error-trace.ts'
import { createJsonLog } from '../../shared/runtime/log.ts'
import { connectTable } from '../../shared/table/table.ts'
import { createWebhooks } from './app.ts'

const { TABLE_NAME = '', WEBHOOK_SECRETS_ARN } = process.env
const now = () => new Date()
const log = createJsonLog((line) => process.stdout.write(`${line}\n`), now)
const secrets = new SecretsManagerClient()

const readVerifier = cachedFor<WebhookVerifier>(minutes(5), async () => {
  const secret = await secrets.send(new GetSecretValueCommand({ SecretId: WEBHOOK_SECRETS_ARN }))
  const sources = parseWebhookSecret(secret.SecretString ?? '{}')
  return createWebhookVerifier(sources, now, ({ message }) => log('error', message))
})

/** Never fails: while secrets can't be read, senders keep what can't be verified, and try again. */
async function currentVerifier(): Promise<WebhookVerifier> {
  try {
    return await readVerifier()
  } catch (error) {
    log('error', 'the secrets of webhooks could not be read', { error: errorTrace(error) })
    return unknownSecrets
  }
}

let verifier = await currentVerifier()

function unknownSecrets(): never {
  throw new DomainError('unavailable', 'no delivery can be verified just now; send it again')
}

const respond = behindGateway(
  createWebhooks({
    table: connectTable(TABLE_NAME, now),
    verifySignature: (...signed) => verifier(...signed),
    now,
    log,
  }),
)

export const handler: typeof respond = async (event, context) => {
  verifier = await currentVerifier()
  return respond(event, context)
}
