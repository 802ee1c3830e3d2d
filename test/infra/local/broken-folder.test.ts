import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
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

test.each([
  ['of before there were versions', undefined],
  ['of a later one', '{"format":3}'],
  ['of a broken one', 'null'],
])(
  'data %s is refused in one line that says how to begin anew, and nothing is touched',
  async (_, content) => {
    const folder = join(home, `format-${content?.length}`)
    mkdirSync(folder)
    writeFileSync(join(folder, 'latchkey.db'), 'data')
    if (content !== undefined) writeFileSync(join(folder, 'format.json'), content)
    const before = readdirSync(folder)
    await expect(start({ LATCHKEY_DATA: folder })).rejects.toThrow(
      `the data in ${folder} is of another version of Latchkey: move the folder away, or name another one in LATCHKEY_DATA, to begin anew`,
    )
    expect(readdirSync(folder)).toEqual(before)
    expect(readFileSync(join(folder, 'latchkey.db'), 'utf8')).toBe('data')
  },
)

test('an endpoint that nobody answers at is said in plain words', async () => {
  const environment = { LATCHKEY_DATA: join(home, 'no-endpoint'), DYNAMODB_ENDPOINT: 'http://127.0.0.1:1' }
  await expect(start(environment)).rejects.toThrow(
    /^the database does not answer as it should: connect ECONNREFUSED/,
  )
})
