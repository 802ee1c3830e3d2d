import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ReportRecord, ReportValue } from '../../../../shared/reviews/report/format.ts'
import { verifyReport } from '../../../../shared/reviews/report/verify-report.ts'
import { writeReport } from '../../../../shared/reviews/report/write-report.ts'
import { readCsv } from '../../../support/csv.ts'
import { cases } from '../../../support/long.ts'
import { columns, header, linesOf, records, render, sign, trusted } from './reports.ts'

const formulas = ['=cmd|"/c calc"!A1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1', 'x;=1']
const lures = [...formulas, '"', ',', ';', '\r\n', '\u2028', "'", '💣']
const hostile = fc.oneof(
  fc
    .array(fc.oneof(fc.constantFrom(...lures), fc.string({ unit: 'binary', maxLength: 5 })))
    .map((it) => it.join('')),
  fc.tuple(fc.constantFrom(...lures), fc.nat(20_000)).map(([text, times]) => text.repeat(times)),
)
const value: fc.Arbitrary<ReportValue> = fc.oneof(
  hostile,
  fc.integer(),
  fc.boolean(),
  fc.array(hostile, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('then', 'now'), hostile),
  fc.constant(undefined),
)
const someRecords: fc.Arbitrary<ReportRecord[]> = fc.array(
  fc.record(Object.fromEntries(columns.map((column) => [column, value]))),
  { maxLength: 6 },
)
const someHeader = fc
  .record({
    organisation: hostile,
    policy: fc.record({ scope: hostile, days: fc.nat() }),
    values: fc.array(value),
  })
  .map((more) => ({ ...header, ...more }))

describe('JSON', () => {
  test('is one document with all values, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(someHeader, someRecords, async (someones, values) => {
        const file = await render('json', { header: someones, records: values })
        const { report, records: read } = JSON.parse(file.toString())
        expect(report).toEqual(JSON.parse(JSON.stringify(someones)))
        const chained = values.map((each) => ({ ...each, chain: expect.any(String) }))
        expect(read).toEqual(
          chained.map((each) => ({ ...JSON.parse(JSON.stringify(each)), chain: each.chain })),
        )
        const signed = { records: values.length }
        expect(await verifyReport(file, trusted)).toMatchObject({ ok: true, signed })
      }),
      cases(10),
    )
  })

  test('has the header, each record and the signature on a line of its own', async () => {
    const shape = linesOf(await render('json')).map((line) =>
      line.toString().replaceAll(/sha256-[\w-]{43}|[\w.-]{200,}/g, '…'),
    )
    expect(shape.slice(1)).toEqual([
      '{"userId":"usr_A","kind":"project","resourceId":"prj_1","name":"Zoë, \\"Z\\"","roles":["full"],"verified":true,"chain":"…"}\n',
      ',{"userId":"usr_B","kind":"server","resourceId":"vps-1","name":"=cmd|x","roles":[],"verified":false,"chain":"…"}\n',
      ',{"userId":"usr_C","kind":"project","resourceId":"prj_2","name":"Bob","roles":["a","b"],"chain":"…"}\n',
      '],"signature":"…"}\n',
    ])
    expect(shape[0]).toBe(`{"report":${JSON.stringify(header)},"chain":"…","records":[\n`)
  })
})

/** The expected text of a cell, computed independently. */
function textOf(cell: ReportValue): string {
  if (cell === undefined) return ''
  if (Array.isArray(cell)) return cell.join('; ')
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell)
}
const oneLine = (text: string) => text.split(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/).join(' ')

const isLure = (text: string) => /^(\t|\s*[=+\-@＝])/.test(text)
/** In locales with a decimal comma, spreadsheets begin a cell at each semicolon. */
const disarmed = (text: string) =>
  text
    .split(';')
    .map((part) => (isLure(part) ? `'${part}` : part))
    .join(';')

describe('CSV', () => {
  test('is read back by RFC 4180, without a formula or a line break in any cell', async () => {
    await fc.assert(
      fc.asyncProperty(someHeader, someRecords, async (someones, values) => {
        const file = await render('csv', { header: someones, records: values })
        const rows = readCsv(file.toString())
        const dangerous = /(^|;)(\s*[=+\-@＝]|\t)|[\r\n\u2028\u2029\u0085]/
        expect(rows.flat().filter((cell) => dangerous.test(cell))).toEqual([])
        const from = rows.findIndex((row) => row.length === 1) + 1
        expect(rows[from]).toEqual([...columns, 'chain'])
        const cells = rows.slice(from + 1, -1).map((row) => row.slice(0, -1))
        const meant = values.map((each) => columns.map((column) => oneLine(textOf(each[column]))))
        expect(cells).toEqual(meant.map((row) => row.map(disarmed)))
        const signed = { records: values.length }
        expect(await verifyReport(file, trusted)).toMatchObject({ ok: true, signed })
      }),
      cases(10),
    )
  })

  test('begins with rows of names and values', async () => {
    const rows = readCsv((await render('csv', { header: { ...header, scope: {} }, records: [] })).toString())
    expect(rows.slice(0, 9)).toEqual([
      ['Latchkey report', '1'],
      ['customerId', 'ETC000005'],
      ['reviewId', header.reviewId],
      ['policy.months', '3'],
      ['policy.reviewers', 'admins; holders'],
      ['reminders.1.to', 'ann@example.com'],
      ['reminders.1.at', '2026-11-20T08:00:00Z'],
      ['reminders.2.to', 'bob@example.com'],
      ['scope', ''],
    ])
    expect(rows.slice(9).map(([first]) => first)).toEqual(['chain', '', 'userId', 'signature'])
  })
})

test('each record is written before the next is read', async () => {
  let readCount = 0
  async function* lazily() {
    for (const record of records) {
      readCount++
      yield record
    }
  }
  const seen: number[] = []
  for await (const piece of writeReport({ header, columns, records: lazily(), format: 'json', sign })) {
    expect(piece).toMatch(/\n$/)
    seen.push(readCount)
  }
  expect(seen).toEqual([0, 1, 2, 3, 3])
})
