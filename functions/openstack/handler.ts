import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { SQSEvent } from 'aws-lambda'
import { createJsonLog } from '../../shared/http/json-log.ts'
import { connectKeystone } from '../../shared/openstack/keystone.ts'
import { connectTable } from '../../shared/table/connect.ts'
import { fromQueue } from '../../shared/table/stream.ts'
import { configureOpenStack, patience } from './configure.ts'
import { createOpenStack } from './worker.ts'

const { TABLE_NAME = '', OPENSTACK_SECRET_ARN } = process.env
const now = () => new Date()
const log = createJsonLog((line) => process.stdout.write(`${line}\n`), now)

const secret = await new SecretsManagerClient().send(
  new GetSecretValueCommand({ SecretId: OPENSTACK_SECRET_ARN }),
)
const configuration = configureOpenStack(JSON.parse(secret.SecretString ?? '{}'))
if (!configuration) throw new Error('the secret has no OS_AUTH_URL')

const { mapping, drift } = configuration
const openstack = createOpenStack({
  table: connectTable(TABLE_NAME, now),
  keystone: connectKeystone(configuration.keystone, patience),
  mapping,
  drift,
  log,
})

/** What the relay has put into the queue: records of the table's stream. */
export async function handler(event: SQSEvent) {
  return fromQueue(event, openstack.onStream)
}

/** The schedule: what is due. */
export async function sweep() {
  return openstack.sweep()
}

/** The schedule: the pass over everything. */
export async function pass() {
  return openstack.pass()
}
