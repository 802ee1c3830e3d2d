import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compose } from '../../../infra/local/compose.ts'
import { findProcesses } from '../../../infra/local/data/processes.ts'
import { startService } from '../../../infra/local/service.ts'
import { readSettings } from '../../../infra/local/settings.ts'
import { temporaryFolder } from './temporary-folder.ts'

const home = temporaryFolder()

const start = (environment: Record<string, string>) =>
  startService(
    { ...readSettings({ PORT: '0', ...environment }), home: join(home, '.latchkey') },
    { wallClock: () => new Date(), log: () => {}, compose },
  )

test.each<[string, string | undefined, RegExp]>([
  ['latchkey.db', undefined, /^cannot open .*latchkey\.db: EISDIR$/],
  ['keys.json', '{', /^.*keys\.json is damaged: not JSON$/],
  ['secrets.json', '{"cursor":"short"}', /^.*secrets\.json is damaged: cursor doesn't fit$/],
  ['clock.json', '{"secret":"0123456789abcdef","ahead":-1}', /^.*clock\.json is damaged: ahead doesn't fit$/],
  ['webhooks.json', '{"orders":{"secrets":["whsec_AA=="]}}', /^.*webhooks\.json cannot be used: .*orders.*$/],
])(
  'a folder with a broken %s is refused in plain words, with nothing left running',
  async (file, content, line) => {
    const folder = join(home, `${file}-${content?.length}`)
    mkdirSync(folder)
    if (content === undefined) mkdirSync(join(folder, file))
    else writeFileSync(join(folder, file), content)
    await expect(start({ LATCHKEY_DATA: folder })).rejects.toThrow(line)
    expect(existsSync(join(folder, 'lock.json'))).toBe(false)
    expect(findProcesses((argv) => argv.includes(join(folder, 'latchkey.db')))).toEqual([])
  },
)

test('an endpoint that nobody answers at is said in plain words', async () => {
  const environment = { LATCHKEY_DATA: join(home, 'no-endpoint'), DYNAMODB_ENDPOINT: 'http://127.0.0.1:1' }
  await expect(start(environment)).rejects.toThrow(
    /^the database does not answer as it should: connect ECONNREFUSED/,
  )
})
