import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { SQSEvent } from 'aws-lambda'
import { connectKeystone } from '../../shared/openstack/keystone/client.ts'
import { cachedFor, minutes } from '../../shared/runtime/cached-for.ts'
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

/** Connects again when the login may have been replaced. */
const connected = cachedFor(minutes(5), async (expired?: Connected): Promise<Connected> => {
  const secret = await secrets.send(new GetSecretValueCommand({ SecretId: OPENSTACK_SECRET_ARN }))
  const configuration = configureOpenStack(JSON.parse(secret.SecretString ?? '{}'))
  if (!configuration) throw new Error('the secret has no OS_AUTH_URL')
  const keystone = connectKeystone(configuration.keystone, patience)
  expired?.close()
  const { mapping, drift } = configuration
  return { ...createOpenStack({ table, keystone, mapping, drift, log }), close: keystone.close }
})
type Connected = ReturnType<typeof createOpenStack> & { close: () => void }

// A deployment without a usable secret fails at its start.
await connected()

/** Triggered by the queue: records of the table's stream, from the relay. */
export async function handler(event: SQSEvent) {
  return fromQueue(event, (await connected()).onStream, log)
}

/** Triggered by the schedule: due items. */
export async function sweep() {
  return (await connected()).sweep()
}

/** Triggered by the schedule: the next part of the full sync. */
export async function fullSync() {
  return (await connected()).fullSync()
}
