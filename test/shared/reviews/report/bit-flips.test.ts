import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ReportFormat } from '../../../../shared/reviews/report/format.ts'
import { verifyReport } from '../../../../shared/reviews/report/verify-report.ts'
import { cases } from '../../../support/long.ts'
import { linesOf, names, render, trusted } from './reports.ts'

const formats: ReportFormat[] = ['json', 'csv']
const files = { json: await render('json'), csv: await render('csv') }

/** Names the piece of each byte. */
function piecesOf(file: Buffer, count: number): string[] {
  const lines = linesOf(file)
  const header = lines.length - count - 1
  return lines.flatMap((line, index) => {
    const name =
      index < header
        ? 'the header'
        : index < header + count
          ? `record ${index - header + 1}`
          : 'the signature'
    return Array.from(line, () => name)
  })
}

function changed(file: Buffer, at: number, byte: number): Buffer {
  const copy = Buffer.from(file)
  copy[at] = byte
  return copy
}

/** The verifier's result for a file; `untrusted` if the signature names another key. */
async function resultOf(file: Buffer): Promise<string> {
  const result = await verifyReport(file, trusted)
  if (result.ok) return 'ok'
  return result.problem === 'altered' ? result.altered : result.problem
}

/** True if the result is about this piece; a change in a record's name may leave it without one. */
function isAbout(piece: string, result: string): boolean {
  return result.replace(/ \(.*\)$/, '') === piece || (piece === 'the signature' && result === 'untrusted')
}

test.each(formats)('%s: each changed byte is found in its piece', async (format) => {
  const file = files[format]
  const pieces = piecesOf(file, names.length)
  expect(new Set(pieces).size).toBe(names.length + 2)
  const wrong: object[] = []
  for (const [at, piece] of pieces.entries()) {
    const now = file[at] ?? 0
    const others = [now ^ 1, now ^ 0x20, now ^ 0x80, ...Buffer.from('\n\r",{}0A')].filter(
      (byte) => byte !== now,
    )
    for (const byte of others) {
      const result = await resultOf(changed(file, at, byte))
      if (!isAbout(piece, result)) wrong.push({ at, byte, piece, result })
    }
  }
  expect(wrong).toEqual([])
})

test.each(formats)('%s: a record is named by number, user and resource', async (format) => {
  const file = files[format]
  const found: string[] = []
  for (const text of ['Zo', 'cmd|x', 'Bob'])
    found.push(await resultOf(changed(file, file.indexOf(text), 0x58)))
  expect(found).toEqual(names.map((name, index) => `record ${index + 1} (${name})`))
})

test.each(formats)('%s: any byte of any report', async (format) => {
  const record = fc.record({
    userId: fc.string({ unit: 'binary' }),
    name: fc.string({ unit: 'binary' }),
    roles: fc.array(fc.string()),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(record, { maxLength: 20 }),
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      fc.integer({ min: 1, max: 255 }),
      async (records, where, mask) => {
        const file = await render(format, { records })
        const at = Math.floor(where * file.length)
        const result = await resultOf(changed(file, at, (file[at] ?? 0) ^ mask))
        const piece = piecesOf(file, records.length)[at] ?? ''
        expect({ result, isAbout: isAbout(piece, result) }).toEqual({ result, isAbout: true })
      },
    ),
    cases(200),
  )
})

test.each(formats)('%s: a file that ends anywhere before its end', async (format) => {
  const file = files[format]
  const results = new Set<string>()
  for (let length = 1; length < file.length; length++) results.add(await resultOf(file.subarray(0, length)))
  expect([...results]).toEqual(['cut-off'])
})
