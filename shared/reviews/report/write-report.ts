import { chainHash } from './chain-hash.ts'
import type { ReportFormat, ReportHeader, ReportRecord } from './format.ts'
import { reportWriters } from './formats.ts'
import type { SignReport } from './signature.ts'

export type Report = {
  header: ReportHeader
  /** In their order; none is called `chain`. The first three say what a record is about: whose, on what. */
  columns: readonly string[]
  records: AsyncIterable<ReportRecord>
  format: ReportFormat
  sign: SignReport
}

/** A signed report, piece by piece as its records come: none is kept. */
export async function* writeReport(report: Report): AsyncGenerator<string> {
  const { header, columns, records, format, sign } = report
  const layout = reportWriters[format]
  const first = layout.header(header, columns)
  let chain = chainHash('', first, 'utf8')
  yield `${first.before}${chain}${first.after}`
  let count = 0
  for await (const record of records) {
    const piece = layout.record(record, columns, count)
    chain = chainHash(chain, piece, 'utf8')
    count++
    yield `${piece.before}${chain}${piece.after}`
  }
  const { customerId, reviewId } = header
  const signature = await sign({ customerId, reviewId, format, records: count, chain })
  yield `${layout.signature.before}${signature}${layout.signature.after}`
}
