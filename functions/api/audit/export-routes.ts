import { exportCustomer } from '../../../shared/directory/customers/export-customer.ts'
import { operatorAt } from '../authorization/access-rule.ts'
import { customerOf } from '../authorization/request-context.ts'
import { readQuery } from '../routing/query.ts'
import { custom } from '../routing/read-routes.ts'
import type { Route } from '../routing/route.ts'

const linesInChunk = 500

export const exportRoutes: readonly Route[] = [
  /** All lines are made before the first is sent, so that a failure gets a problem as its response. */
  custom({
    method: 'get',
    path: '/v1/customers/{c}/export',
    id: 'exportCustomer',
    summary: 'The whole directory of a customer in natural keys, a fact a line: two compare with diff',
    right: operatorAt('customer'),
    response: { status: 200, type: 'application/x-ndjson' },
    respond: async (call) => {
      readQuery(call.c, {})
      const lines = await exportCustomer(call.deps.table, customerOf(call))
      return call.c.body(ReadableStream.from(chunks(lines)), 200, { 'Content-Type': 'application/x-ndjson' })
    },
  }),
]

function* chunks(lines: readonly string[]): Generator<Uint8Array> {
  const encoder = new TextEncoder()
  for (let first = 0; first < lines.length; first += linesInChunk) {
    yield encoder.encode(`${lines.slice(first, first + linesInChunk).join('\n')}\n`)
  }
}
