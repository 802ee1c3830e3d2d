import { Hono } from 'hono'
import { exportCustomer } from '../../../shared/directory/export-customer.ts'
import type { Guards } from '../authorize.ts'
import type { ApiDeps, ApiEnv } from '../deps.ts'
import { readQuery } from '../query.ts'

const linesInChunk = 500

/** NDJSON. All lines are there before the first is sent, so that what fails is answered as a problem. */
export function exportRoutes({ table }: ApiDeps, { operator }: Guards) {
  const routes = new Hono<ApiEnv>()

  routes.get('/', operator, async (c) => {
    readQuery(c, {})
    const lines = await exportCustomer(table, c.get('access').customer)
    return c.body(ReadableStream.from(chunks(lines)), 200, { 'Content-Type': 'application/x-ndjson' })
  })

  return routes
}

function* chunks(lines: readonly string[]): Generator<Uint8Array> {
  const encoder = new TextEncoder()
  for (let first = 0; first < lines.length; first += linesInChunk) {
    yield encoder.encode(`${lines.slice(first, first + linesInChunk).join('\n')}\n`)
  }
}
