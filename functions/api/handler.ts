import { readFile } from 'node:fs/promises'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { createConsistencyTokens } from '../../shared/auth/consistency-token.ts'
import { createCursorCodec } from '../../shared/auth/cursor.ts'
import { createOptOutTokens, type OptOutTokens } from '../../shared/auth/opt-out-token.ts'
import { createTokenVerifier } from '../../shared/auth/tokens.ts'
import { createReportKeys } from '../../shared/reviews/report/keys.ts'
import { createJsonLog } from '../../shared/runtime/log.ts'
import { connectTable } from '../../shared/table/table.ts'
import { createApi } from './app.ts'
import { createSeenLog, createUsageLog } from '../../shared/usage/usage-log.ts'
import { toLambda } from './routing/lambda-response.ts'

const {
  TABLE_NAME = '',
  AUTH_ISSUER = '',
  AUTH_AUDIENCE = '',
  OPERATOR_CLIENTS,
  CHECK_CLIENTS,
  OPERATOR_GROUPS,
  PUBLIC_URL = '',
  CORS_ORIGINS,
  CURSOR_SECRET_ARN,
  REPORT_KEYS_ARN,
  CUSTOMER_ID_PATTERN = '',
  OPENSTACK,
  MAIL,
  MAIL_SECRET_ARN,
} = process.env
const now = () => new Date()
const log = createJsonLog((line) => process.stdout.write(`${line}\n`), now)
const listed = (names = '') => names.split(',').filter((name) => name !== '')
const secrets = new SecretsManagerClient()
let optOut: OptOutTokens | undefined
const cursorSecret = await readSecret(CURSOR_SECRET_ARN)

async function readSecret(id?: string): Promise<string> {
  const secret = await secrets.send(new GetSecretValueCommand({ SecretId: id }))
  return secret.SecretString ?? ''
}

export const handler = toLambda(
  createApi({
    table: connectTable(TABLE_NAME, now),
    verifyToken: createTokenVerifier({
      issuer: AUTH_ISSUER,
      audience: AUTH_AUDIENCE,
      operatorClients: listed(OPERATOR_CLIENTS),
      checkClients: listed(CHECK_CLIENTS),
      operatorGroups: listed(OPERATOR_GROUPS),
      now,
    }),
    cursors: createCursorCodec(cursorSecret),
    consistency: createConsistencyTokens(cursorSecret),
    publicUrl: PUBLIC_URL.replace(/\/+$/, ''),
    issuer: AUTH_ISSUER,
    audience: AUTH_AUDIENCE,
    corsOrigins: listed(CORS_ORIGINS),
    now,
    log,
    used: createUsageLog(log, now),
    seen: createSeenLog(log, now),
    customerIdPattern: new RegExp(CUSTOMER_ID_PATTERN),
    sources: [],
    openstack: OPENSTACK === 'on',
    mail: MAIL === 'on',
    // Few requests need them, so a cold start doesn't read their secret.
    optOut: async () => (optOut ??= createOptOutTokens(await readSecret(MAIL_SECRET_ARN))),
    reportKeys: createReportKeys(() => readSecret(REPORT_KEYS_ARN), now),
    // Lies beside the bundle as beside the source; a cold start doesn't read it.
    openApi: () => readFile(new URL('openapi.json', import.meta.url), 'utf8'),
  }),
)
