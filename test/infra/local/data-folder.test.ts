import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDataFolder, readReportKeys, readSecrets } from '../../../infra/local/data/data-folder.ts'
import { CliError } from '../../../infra/local/cli-error.ts'
import { createWebhookVerifier } from '../../../shared/auth/webhook-signature.ts'
import { temporaryFolder } from './temporary-folder.ts'

const home = temporaryFolder()
const files = ['webhooks.json', 'secrets.json', 'keys.json', 'mail.json', 'reports.json']
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)

test('secrets and keys are made, readable by their owner only', async () => {
  const path = join(home, 'deep', 'fresh')
  const folder = await openDataFolder(path)
  expect(modeOf(path)).toBe('700')
  expect(files.map((file) => modeOf(join(path, file)))).toEqual(files.map(() => '600'))
  expect(folder.signingKeys.map(({ alg }) => alg)).toEqual(['RS256', 'ES256', 'EdDSA'])
  const secret = folder.webhooks.orders?.secrets[0] ?? ''
  expect(Buffer.from(secret.replace('whsec_', ''), 'base64')).toHaveLength(32)
  expect(() => createWebhookVerifier(folder.webhooks, () => new Date())).not.toThrow()
})

test('secrets and keys are kept', async () => {
  const path = join(home, 'kept')
  const first = await openDataFolder(path)
  expect(await openDataFolder(path)).toEqual(first)
  expect(readSecrets(path)).toEqual(first.secrets)
  expect(readReportKeys(path)).toEqual(first.reportKeys)
})

test('a folder of an earlier version gets its missing key of reports, and keeps the rest', async () => {
  const path = join(home, 'earlier')
  const { reportKeys, ...rest } = await openDataFolder(path)
  rmSync(join(path, 'reports.json'))
  const later = await openDataFolder(path)
  expect(later).toMatchObject(rest)
  expect(later.reportKeys).toMatchObject([{ kty: 'OKP', crv: 'Ed25519' }])
  expect(later.reportKeys).not.toEqual(reportKeys)
  expect(modeOf(join(path, 'reports.json'))).toBe('600')
})

test('two folders have nothing in common', async () => {
  const [one, two] = [await openDataFolder(join(home, 'one')), await openDataFolder(join(home, 'two'))]
  expect(one.secrets.cursor).not.toBe(two.secrets.cursor)
  expect(one.webhooks).not.toEqual(two.webhooks)
  expect(one.reportKeys).not.toEqual(two.reportKeys)
})

test.each(files)('a damaged %s is named in one line and left alone', async (file) => {
  const path = join(home, `damaged-${file}`)
  await openDataFolder(path)
  const weak = ['{"keys":[{"kty":"RSA","d":"x"}]}', '{"orders":{"secrets":[]}}']
  for (const content of ['{"orders":', '[]', '{}', ...weak]) {
    // No source at all is unusual, not damage.
    if (['{}', '[]'].includes(content) && file === 'webhooks.json') continue
    writeFileSync(join(path, file), content)
    const error: unknown = await openDataFolder(path).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(CliError)
    expect(String(error)).toMatch(new RegExp(`^CliError: .*${file} is damaged.*$`))
    expect(readFileSync(join(path, file), 'utf8')).toBe(content)
  }
})

test('a file in the place of the folder is an error in one line', async () => {
  const path = join(home, 'file')
  writeFileSync(path, '')
  await expect(openDataFolder(path)).rejects.toThrow(/^cannot use the folder .*file: it is not a folder$/)
  await expect(openDataFolder(join(path, 'below'))).rejects.toThrow(
    /^cannot use the folder .*below: a part of its path is not a folder$/,
  )
})

test('a folder in the place of a file is an error in one line', async () => {
  const path = join(home, 'folder')
  mkdirSync(join(path, 'keys.json'), { recursive: true })
  await expect(openDataFolder(path)).rejects.toThrow(/^cannot read .*keys.json: EISDIR$/)
})
