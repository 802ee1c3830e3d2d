import * as v from 'valibot'
import { readReportHeader, readReportRecords } from '../../../shared/reviews/read-report.ts'
import { reportColumns } from '../../../shared/reviews/report/columns.ts'
import { writeReport } from '../../../shared/reviews/report/write-report.ts'
import { requires } from '../authorization/access-rule.ts'
import { customerOf } from '../authorization/request-context.ts'
import { readQuery } from '../routing/query.ts'
import { custom } from '../routing/read-routes.ts'
import type { Route } from '../routing/route.ts'
import { reviewResource } from './resource.ts'

const query = { format: v.optional(v.picklist(['json', 'csv'], 'must be json or csv'), 'json') }
const types = { json: 'application/json', csv: 'text/csv; charset=UTF-8; header=present' }

export const reviewReportRoutes: readonly Route[] = [
  /** Streamed where Lambda allows it (`lambda-response.ts`): a report that breaks off has no signature. */
  custom({
    method: 'get',
    path: '/v1/customers/{c}/reviews/{r}/report',
    id: 'readReviewReport',
    summary:
      'All that an auditor asks of a review, signed: `npm run verify-report` tells if a byte was changed',
    right: requires('review.manage'),
    query,
    response: { status: 200, schema: 'reviewReport', type: 'text/csv' },
    respond: async (call) => {
      const { format } = readQuery(call.c, query)
      const review = await reviewResource.load(call)
      const { table, reportKeys } = call.deps
      const [sign, header] = await Promise.all([
        reportKeys.signer(),
        readReportHeader(table, customerOf(call), review, call.now),
      ])
      const records = readReportRecords(table, review)
      const pieces = writeReport({ header, columns: reportColumns, records, format, sign })
      return call.c.body(ReadableStream.from(encoded(pieces)), 200, { 'Content-Type': types[format] })
    },
  }),
]

async function* encoded(pieces: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  for await (const piece of pieces) yield encoder.encode(piece)
}
