import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { compose } from '../../../infra/local/compose.ts'
import { openDataFolder, readReportKeys } from '../../../infra/local/data/data-folder.ts'
import { startService } from '../../../infra/local/service.ts'
import { createReportSigner } from '../../../shared/reviews/report/signature.ts'
import { publicJwks } from '../../../shared/reviews/report/signing-key.ts'
import { header, linesOf, newKey, render, signedAt } from '../../shared/reviews/report/reports.ts'
import { runLocal } from './run-node.ts'
import { temporaryFolder } from './temporary-folder.ts'

const home = temporaryFolder()
const folder = join(home, '.latchkey')
const { reportKeys } = await openDataFolder(folder)
const [own] = reportKeys
if (!own) throw new Error('a folder has a key')
const kid = (await publicJwks([own])).keys[0]?.kid
const sign = createReportSigner(own, () => signedAt)
const file = await render('csv', { sign })

/** Nothing runs on that port. */
const verify = (args: string[], environment: Record<string, string> = { PORT: '1' }) =>
  runLocal('commands/verify-report.ts', args, home, environment)

function write(name: string, content: Buffer | string): string {
  writeFileSync(join(home, name), content)
  return name
}

describe('with the keys of the data folder', () => {
  test('says that nothing was altered, by whom it was signed and when, and of which review it is', async () => {
    const said = `3 records, unaltered, signed by ${kid} on 2026-11-27: review ${header.reviewId} of ETC000005\n`
    expect(await verify([write('a.csv', file)])).toEqual({ code: 0, stdout: `a.csv: ${said}`, stderr: '' })
    const json = write('a.json', await render('json', { sign }))
    expect(await verify([json])).toEqual({ code: 0, stdout: `a.json: ${said}`, stderr: '' })
  })

  test('is called anywhere', async () => {
    mkdirSync(join(home, 'below'), { recursive: true })
    write('below/b.csv', file)
    const { code, stdout } = await verify(['b.csv'], { PORT: '1', INIT_CWD: join(home, 'below') })
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('b.csv: 3 records, unaltered'),
    })
  })

  const lines = linesOf(file)
  const swapped = Buffer.from(file.toString().replace('Bob', 'Eve'))
  const cases: [string, Buffer, string][] = [
    ['altered.csv', swapped, 'record 3 (usr_C project prj_2) was altered'],
    ['headless.csv', file.subarray(20), 'the header was altered'],
    ['unsigned.csv', Buffer.concat(lines.slice(0, -1)), 'cut off before its end'],
    ['half.csv', file.subarray(0, 500), 'cut off before its end'],
    ['short.csv', Buffer.concat(lines.toSpliced(-2, 1)), '2 records, but 3 records when it was signed'],
    ['twice.csv', Buffer.concat([file, file]), 'something follows its end'],
    ['longer.csv', Buffer.concat([file, Buffer.from('usr_X,…\r\n')]), 'something follows its end'],
    ['empty.csv', Buffer.from(''), 'empty'],
    ['other.csv', Buffer.from('name,value\r\n'), 'not a report'],
  ]
  test.each(cases)('%s is told in one line', async (name, content, said) => {
    expect(await verify([write(name, content)])).toEqual({
      code: 1,
      stdout: `${name}: ${said}\n`,
      stderr: '',
    })
  })

  test('repeats nothing that a terminal would obey', async () => {
    const lure = [{ userId: '\u001b[2J', kind: 'project', resourceId: 'prj_1', name: 'Bob' }]
    const altered = (await render('csv', { sign, records: lure })).toString().replace('Bob', 'Eve')
    expect((await verify([write('lure.csv', altered)])).stdout).toBe('lure.csv: record 1 was altered\n')
  })
})

describe('with the keys of a file', async () => {
  const other = newKey()
  const { keys } = await publicJwks([other])
  const foreign = await render('json', { sign: createReportSigner(other, () => signedAt) })

  test('trusts those and no other', async () => {
    write('jwks.json', JSON.stringify({ keys }))
    const report = write('foreign.json', foreign)
    const { code, stdout } = await verify([report, '--keys', 'jwks.json'])
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`signed by ${keys[0]?.kid}`),
    })
    expect(await verify([report])).toEqual({
      code: 1,
      stdout: `foreign.json: signed by a key that is not trusted here: ${keys[0]?.kid}\n`,
      stderr: '',
    })
    expect((await verify([write('a.csv', file), '--keys', 'jwks.json'])).code).toBe(1)
  })

  test.each([
    [['foreign.json', '--keys', 'nowhere.json'], /^latchkey: there is no .*nowhere.json\n$/],
    [['foreign.json', '--keys', 'a.csv'], /^latchkey: .*a.csv is damaged: not JSON\n$/],
    [['foreign.json', '--keys', 'keyless.json'], /^latchkey: .*keyless.json is no set of keys: [^\n]+\n$/],
    [['nowhere.csv'], /^latchkey: cannot read .*nowhere.csv: ENOENT\n$/],
    [[], /^latchkey: usage: npm run [^\n]+\n$/],
    [['a.csv', 'b.csv'], /^latchkey: usage: npm run [^\n]+\n$/],
    [['a.csv', '--trust'], /^latchkey: usage: npm run [^\n]+\n$/],
  ])('explains itself in one line: %j', async (args, expected) => {
    write('keyless.json', '{}')
    write('a.csv', file)
    write('foreign.json', foreign)
    const { code, stdout, stderr } = await verify(args)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(expected)
  })
})

describe('with a service', async () => {
  const dataFolder = join(home, 'data')
  const settings = { port: 0, home: folder, dataFolder, customerIdPattern: /./, logLevel: 'error' } as const
  const service = await startService(settings, { wallClock: () => new Date(), log: () => {}, compose })
  afterAll(service.stop)
  const PORT = new URL(service.origin).port

  test('trusts its keys, which it shows to anybody', async () => {
    const keys = readReportKeys(dataFolder)
    const shown = await fetch(`${service.origin}/.well-known/jwks.json`)
    expect([shown.status, await shown.json()]).toEqual([200, await publicJwks(keys)])
    const [key] = keys
    if (!key) throw new Error('a folder has a key')
    const report = write('c.csv', await render('csv', { sign: createReportSigner(key, () => signedAt) }))
    expect((await verify([report], { PORT })).code).toBe(0)
    expect((await verify([report], { PORT: '1', LATCHKEY_DATA: dataFolder })).code).toBe(0)
    expect((await verify([report])).code).toBe(1)
  })

  test('says that there is nothing to trust', async () => {
    const { code, stderr } = await verify(['a.csv'], { PORT: '1', LATCHKEY_DATA: ':memory:' })
    expect([code, stderr]).toEqual([
      1,
      'latchkey: there are no keys here to trust: name a file with --keys\n',
    ])
  })
})
