import { sizes } from './customers.ts'
import { type Measured, measureTarget } from './limits/measure.ts'
import { apiTarget } from './limits/target.ts'
import { webhookTarget } from './limits/webhook.ts'
import { converse } from './routes/converse.ts'
import { startMeteredApi } from './routes/metered-api.ts'
import type { Table } from './table.ts'

/** Issue 12: whatever somebody sends, within the limits of length, costs at most so many times an ordinary request. */
const atMost = 20
const shown = 10

/** What requests of every content cost beside ordinary ones, and the worst of them. */
export async function bench(): Promise<Table[]> {
  const api = await startMeteredApi()
  const [sized] = sizes
  try {
    const measured = await measureTarget(webhookTarget(api.table))
    const seen = new Set<string>()
    await converse(api, sized, async (asked) => {
      if (!seen.has(asked.route))
        measured.push(...(await measureTarget(apiTarget(api, sized.customerId, asked))))
      seen.add(asked.route)
      return api.ask(sized.customerId, asked)
    })
    return [report(measured)]
  } finally {
    await api.stop()
  }
}

const ratio = ({ ordinary, hostile }: Measured) => hostile / ordinary

function report(measured: Measured[]): Table {
  const worst = measured.toSorted((one, other) => ratio(other) - ratio(one)).slice(0, shown)
  const count = measured.length.toLocaleString('en')
  return {
    title: `CPU of requests of any content beside an ordinary one of the route: the worst ${shown} of ${count}`,
    columns: ['ordinary, ms', 'ms', 'ratio'],
    rows: worst.map((each) => ({
      name: each.name,
      cells: [each.ordinary, each.hostile, { value: ratio(each), atMost }],
    })),
  }
}
