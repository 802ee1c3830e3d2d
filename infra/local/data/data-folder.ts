import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { JWK } from 'jose'
import * as v from 'valibot'
import type { WebhookSources } from '../../../shared/auth/webhook-signature.ts'
import { isPrivateReportKey } from '../../../shared/reviews/report/signing-key.ts'
import { readChecked } from './checked-file.ts'
import { makeFolder, readJson, writeJson } from './private-files.ts'
import { createReportKey, createSigningKeys, isPrivateKey } from './signing-keys.ts'

const text = v.pipe(v.string(), v.minLength(1))

const Webhooks = v.record(
  text,
  v.strictObject({
    secrets: v.pipe(v.array(v.pipe(v.string(), v.regex(/^wh(sec|pk)_/))), v.minLength(1), v.maxLength(2)),
    types: v.exactOptional(v.array(text)),
    customers: v.exactOptional(v.array(text)),
  }),
)
const Secrets = v.strictObject({
  cursor: v.pipe(v.string(), v.minLength(16)),
  operatorClient: text,
  checkClient: text,
})
const Keys = v.strictObject({
  keys: v.pipe(v.array(v.custom<JWK>(isPrivateKey)), v.minLength(1)),
})

const ReportKeys = v.strictObject({
  keys: v.pipe(v.array(v.custom<JWK>(isPrivateReportKey)), v.minLength(1)),
})

const Mail = v.strictObject({ secret: v.pipe(v.string(), v.minLength(16)) })

type Secrets = v.InferOutput<typeof Secrets>

export type DataFolder = {
  path: string
  /** `webhooks.json`: edit it to add a source, or a second secret while one is rotated. */
  webhooks: WebhookSources
  /** `secrets.json`: for cursors and for the clients of the local issuer. */
  secrets: Secrets
  /** `mail.json`: the key that signs the links of messages. */
  mailSecret: string
  /** `keys.json`: the private keys of the local issuer. */
  signingKeys: JWK[]
  /** `reports.json`: private keys; the first signs reports, the others have signed earlier ones. */
  reportKeys: JWK[]
}

export const databasePath = (folder: string) => join(folder, 'latchkey.db')

/** Reads the folder's secrets and keys, making those that aren't there yet. @throws {CliError} */
export async function openDataFolder(path: string): Promise<DataFolder> {
  makeFolder(path)
  const files = filesOf(path)
  return {
    path,
    webhooks: await readOrMake(files.webhooks, Webhooks, () => ({
      orders: { secrets: [`whsec_${randomBytes(32).toString('base64')}`] },
    })),
    secrets: await readOrMake(files.secrets, Secrets, () => ({
      cursor: secret(),
      operatorClient: secret(),
      checkClient: secret(),
    })),
    mailSecret: (await readOrMake(files.mail, Mail, () => ({ secret: secret() }))).secret,
    signingKeys: (await readOrMake(files.keys, Keys, async () => ({ keys: await createSigningKeys() }))).keys,
    reportKeys: (
      await readOrMake(files.reports, ReportKeys, async () => ({ keys: [await createReportKey()] }))
    ).keys,
  }
}

/** Reads the data folder that a service has made, for the commands. @throws {CliError} */
export const readWebhooks = (path: string): WebhookSources => readChecked(filesOf(path).webhooks, Webhooks)
export const readSecrets = (path: string): Secrets => readChecked(filesOf(path).secrets, Secrets)
export const readReportKeys = (path: string): JWK[] => readChecked(filesOf(path).reports, ReportKeys).keys

const filesOf = (path: string) => ({
  webhooks: join(path, 'webhooks.json'),
  secrets: join(path, 'secrets.json'),
  mail: join(path, 'mail.json'),
  keys: join(path, 'keys.json'),
  reports: join(path, 'reports.json'),
})

const secret = () => randomBytes(32).toString('base64url')

async function readOrMake<S extends v.GenericSchema>(path: string, schema: S, make: () => unknown) {
  if (readJson(path) === undefined) writeJson(path, await make())
  return readChecked(path, schema)
}
