import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { createConsistencyTokens } from '../../shared/auth/consistency-token.ts'
import { createCursorCodec } from '../../shared/auth/cursor.ts'
import { createTokenVerifier } from '../../shared/auth/tokens.ts'
import { cachedFor, minutes } from '../../shared/runtime/cached-for.ts'
import { createJsonLog } from '../../shared/runtime/log.ts'
import { connectTable } from '../../shared/table/table.ts'
import { createSeenLog, createUsageLog } from '../../shared/usage/usage-log.ts'
import { createAccess } from './access.ts'

const {
  TABLE_NAME = '',
  AUTH_ISSUER = '',
  AUTH_AUDIENCE = '',
  OPERATOR_CLIENTS,
  CHECK_CLIENTS,
  OPERATOR_GROUPS,
  PUBLIC_URL = '',
  CORS_ORIGINS,
  CUSTOMER_ID_PATTERN = '',
  CURSOR_SECRET_ARN,
} = process.env
const now = () => new Date()
const log = createJsonLog((line) => process.stdout.write(`${line}\n`), now)
const listed = (names = '') => names.split(',').filter((name) => name !== '')

async function readSecret(id?: string): Promise<string> {
  const secret = await new SecretsManagerClient().send(new GetSecretValueCommand({ SecretId: id }))
  return secret.SecretString ?? ''
}
const tokenSecret = cachedFor(minutes(5), () => readSecret(CURSOR_SECRET_ARN))

export const handler = createAccess({
  reads: connectTable(TABLE_NAME, now),
  cursors: async () => createCursorCodec(await tokenSecret()),
  consistency: async () => createConsistencyTokens(await tokenSecret()),
  verifyToken: createTokenVerifier({
    issuer: AUTH_ISSUER,
    audience: AUTH_AUDIENCE,
    operatorClients: listed(OPERATOR_CLIENTS),
    checkClients: listed(CHECK_CLIENTS),
    operatorGroups: listed(OPERATOR_GROUPS),
    now,
  }),
  publicUrl: PUBLIC_URL.replace(/\/+$/, ''),
  customerIdPattern: new RegExp(CUSTOMER_ID_PATTERN),
  corsOrigins: listed(CORS_ORIGINS),
  now,
  log,
  used: createUsageLog(log, now),
  seen: createSeenLog(log, now),
})
