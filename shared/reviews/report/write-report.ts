import { chainHash } from './chain-hash.ts'
import type { ReportFormat, ReportHeader, ReportRecord } from './format.ts'
import { reportWriters } from './formats.ts'
import type { SignReport } from './signature.ts'

export type Report = {
  header: ReportHeader
  /** In order, none called `chain`. The first three name a record: user, resource type and id. */
  columns: readonly string[]
  records: AsyncIterable<ReportRecord>
  format: ReportFormat
  sign: SignReport
}

/** Yields a signed report piece by piece as its records come, so that it never has to fit into memory. */
export async function* writeReport(report: Report): AsyncGenerator<string> {
  const { header, columns, records, format, sign } = report
  const writer = reportWriters[format]
  const first = writer.header(header, columns)
  let chain = chainHash('', first, 'utf8')
  yield `${first.before}${chain}${first.after}`
  let count = 0
  for await (const record of records) {
    const piece = writer.record(record, columns, count)
    chain = chainHash(chain, piece, 'utf8')
    count++
    yield `${piece.before}${chain}${piece.after}`
  }
  const { customerId, reviewId } = header
  const signature = await sign({ customerId, reviewId, format, records: count, chain })
  yield `${writer.signature.before}${signature}${writer.signature.after}`
}
