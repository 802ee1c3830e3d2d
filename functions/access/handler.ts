import { createConsistencyTokens } from '../../shared/auth/consistency-token.ts'
import { createCursorCodec } from '../../shared/auth/cursor.ts'
import { createTokenVerifier } from '../../shared/auth/tokens.ts'
import { cachedFor, minutes } from '../../shared/runtime/cached-for.ts'
import { createJsonLog } from '../../shared/runtime/log.ts'
import { connectSecrets } from '../../shared/aws/read-secret.ts'
import { connectReads } from '../../shared/table/wire/reads.ts'
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
  CURSOR_SECRET_ARN = '',
  AWS_REGION = '',
  AWS_ACCESS_KEY_ID = '',
  AWS_SECRET_ACCESS_KEY = '',
  AWS_SESSION_TOKEN,
  AWS_ENDPOINT_URL_DYNAMODB = `https://dynamodb.${AWS_REGION}.amazonaws.com`,
  AWS_ENDPOINT_URL_SECRETS_MANAGER = `https://secretsmanager.${AWS_REGION}.amazonaws.com`,
} = process.env
const now = () => new Date()
const log = createJsonLog((line) => process.stdout.write(`${line}\n`), now)
const listed = (names = '') => names.split(',').filter((name) => name !== '')

const access = {
  region: AWS_REGION,
  credentials: {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: AWS_SESSION_TOKEN,
  },
}
const readSecret = connectSecrets({ endpoint: AWS_ENDPOINT_URL_SECRETS_MANAGER, ...access })
const tokenSecret = cachedFor(minutes(5), () => readSecret(CURSOR_SECRET_ARN))

export const handler = createAccess({
  reads: connectReads(TABLE_NAME, { endpoint: AWS_ENDPOINT_URL_DYNAMODB, ...access }),
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
