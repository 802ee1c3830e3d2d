import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compose } from '../../../infra/local/compose.ts'
import { describeVerification } from '../../../infra/local/client/describe-verification.ts'
import { openDataFolder, readReportKeys } from '../../../infra/local/data/data-folder.ts'
import { createReportSigner } from '../../../shared/reviews/report/signature.ts'
import { publicJwks } from '../../../shared/reviews/report/signing-key.ts'
import { verifyReport } from '../../../shared/reviews/report/verify-report.ts'
import { header, linesOf, newKey, render, signedAt } from '../../shared/reviews/report/reports.ts'
import { runLocal } from './run-node.ts'
import { startAround } from './stand-in.ts'
import { temporaryFolder } from './temporary-folder.ts'

const home = temporaryFolder()
const folder = join(home, '.latchkey')
const { reportKeys } = await openDataFolder(folder)
const [own] = reportKeys
if (!own) throw new Error('a folder has a key')
const kid = (await publicJwks([own])).keys[0]?.kid
const sign = createReportSigner(own, () => signedAt)
const file = await render('csv', { sign })

const describes = async (content: Buffer) =>
  describeVerification(await verifyReport(content, { keys: reportKeys }))

/** Nothing runs on that port. */
const verify = (args: string[], environment: Record<string, string> = { PORT: '1' }) =>
  runLocal('commands/verify-report.ts', args, home, environment)

function write(name: string, content: Buffer | string): string {
  writeFileSync(join(home, name), content)
  return name
}

describe('with the keys of the data folder', () => {
  test('an unaltered report is described with its key, day and review', async () => {
    const said = `3 records, unaltered, signed by ${kid} on 2026-11-27: review ${header.reviewId} of ETC000005\n`
    expect(await verify([write('a.csv', file)])).toEqual({ code: 0, stdout: `a.csv: ${said}`, stderr: '' })
    const json = write('a.json', await render('json', { sign }))
    expect(await verify([json])).toEqual({ code: 0, stdout: `a.json: ${said}`, stderr: '' })
  })

  test('the command is called anywhere', async () => {
    mkdirSync(join(home, 'below'), { recursive: true })
    write('below/b.csv', file)
    const told = await verify(['b.csv'], { PORT: '1', INIT_CWD: join(home, 'below') })
    expect(told).toMatchObject({ code: 0, stdout: expect.stringContaining('b.csv: 3 records, unaltered') })
  })

  const lines = linesOf(file)
  const swapped = Buffer.from(file.toString().replace('Bob', 'Eve'))
  const cases: [string, Buffer, string][] = [
    ['an altered record', swapped, 'record 3 (usr_C project prj_2) was altered'],
    ['a cut header', file.subarray(20), 'the header was altered'],
    ['a cut end', file.subarray(0, 500), 'cut off before its end'],
    [
      'a missing record',
      Buffer.concat(lines.toSpliced(-2, 1)),
      '2 records, but 3 records when it was signed',
    ],
    ['a file twice', Buffer.concat([file, file]), 'something follows its end'],
    ['an empty file', Buffer.from(''), 'empty'],
    ['another file', Buffer.from('name,value\r\n'), 'not a report'],
  ]
  test.each(cases)('%s is described in one line', async (_what, content, said) => {
    expect(await describes(content)).toBe(said)
  })

  test('an altered file fails the command', async () => {
    const stdout = 'altered.csv: record 3 (usr_C project prj_2) was altered\n'
    expect(await verify([write('altered.csv', swapped)])).toEqual({ code: 1, stdout, stderr: '' })
  })

  test('no control character of a terminal is repeated', async () => {
    const lure = [{ userId: '\u001b[2J', kind: 'project', resourceId: 'prj_1', name: 'Bob' }]
    const altered = (await render('csv', { sign, records: lure })).toString().replace('Bob', 'Eve')
    expect(await describes(Buffer.from(altered))).toBe('record 1 was altered')
    const untrusted = { ok: false, problem: 'untrusted', keyId: '\u001b[2J' } as const
    expect(describeVerification(untrusted)).toMatch(/: \?\?2J$/)
  })
})

describe('with the keys of a file', async () => {
  const other = newKey()
  const { keys } = await publicJwks([other])
  const foreign = await render('json', { sign: createReportSigner(other, () => signedAt) })

  test('those are trusted and no other', async () => {
    write('jwks.json', JSON.stringify({ keys }))
    const report = write('foreign.json', foreign)
    const trusted = await verify([report, '--keys', 'jwks.json'])
    expect(trusted).toMatchObject({ code: 0, stdout: expect.stringContaining(`signed by ${keys[0]?.kid}`) })
    const stdout = `foreign.json: signed by a key that is not trusted here: ${keys[0]?.kid}\n`
    expect(await verify([report])).toEqual({ code: 1, stdout, stderr: '' })
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
  ])('an error is one line: %j', async (args, expected) => {
    write('keyless.json', '{}')
    write('a.csv', file)
    write('foreign.json', foreign)
    const { code, stdout, stderr } = await verify(args)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(expected)
  })
})

describe('with a service', async () => {
  const { origin, dataFolder, PORT } = await startAround(home, compose)

  test('its public keys are trusted', async () => {
    const keys = readReportKeys(dataFolder)
    const shown = await fetch(`${origin}/.well-known/jwks.json`)
    expect([shown.status, await shown.json()]).toEqual([200, await publicJwks(keys)])
    const [key] = keys
    if (!key) throw new Error('a folder has a key')
    const report = write('c.csv', await render('csv', { sign: createReportSigner(key, () => signedAt) }))
    expect((await verify([report], { PORT })).code).toBe(0)
    expect((await verify([report], { PORT: '1', LATCHKEY_DATA: dataFolder })).code).toBe(0)
    expect((await verify([report])).code).toBe(1)
  })

  test('without keys there is an error', async () => {
    const stderr = 'latchkey: there are no keys here to trust: name a file with --keys\n'
    const told = await verify(['a.csv'], { PORT: '1', LATCHKEY_DATA: ':memory:' })
    expect(told).toEqual({ code: 1, stdout: '', stderr })
  })
})
