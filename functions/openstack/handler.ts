import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { SQSEvent } from 'aws-lambda'
import { connectKeystone } from '../../shared/openstack/keystone/client.ts'
import { createJsonLog } from '../../shared/runtime/log.ts'
import { fromQueue } from '../../shared/table/stream.ts'
import { connectTable } from '../../shared/table/table.ts'
import { configureOpenStack, patience } from './configure.ts'
import { createOpenStack } from './worker.ts'

const { TABLE_NAME = '', OPENSTACK_SECRET_ARN } = process.env
const now = () => new Date()
const log = createJsonLog((line) => process.stdout.write(`${line}\n`), now)
const table = connectTable(TABLE_NAME, now)
const secrets = new SecretsManagerClient()

/** A login is in force this long at most after another one was put in, in milliseconds. */
const loginLasts = 5 * 60_000
let current = await readAndConnect()

async function readAndConnect(known?: { close: () => void }) {
  const secret = await secrets.send(new GetSecretValueCommand({ SecretId: OPENSTACK_SECRET_ARN }))
  const configuration = configureOpenStack(JSON.parse(secret.SecretString ?? '{}'))
  if (!configuration) throw new Error('the secret has no OS_AUTH_URL')
  const keystone = connectKeystone(configuration.keystone, patience)
  known?.close()
  const { mapping, drift } = configuration
  const worker = createOpenStack({ table, keystone, mapping, drift, log })
  return { ...worker, close: keystone.close, readAt: Date.now() }
}

async function connected() {
  if (Date.now() - current.readAt >= loginLasts) current = await readAndConnect(current)
  return current
}

/** What the relay has put into the queue: records of the table's stream. */
export async function handler(event: SQSEvent) {
  return fromQueue(event, (await connected()).onStream, log)
}

/** The schedule: what is due. */
export async function sweep() {
  return (await connected()).sweep()
}

/** The schedule: the pass over everything. */
export async function pass() {
  return (await connected()).pass()
}
