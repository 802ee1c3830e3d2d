import { documentedRoutes as routes } from '../../infra/openapi/documented.ts'
import { sizes } from './customers.ts'
import { type Measured, measureTarget } from './limits/measure.ts'
import { apiTarget } from './limits/target.ts'
import { webhookTarget } from './limits/webhook.ts'
import type { Asked, Conversation } from './routes/asked.ts'
import { changing } from './routes/changing.ts'
import { granting } from './routes/granting.ts'
import { type MeteredApi, startMeteredApi } from './routes/metered-api.ts'
import { reading } from './routes/reading.ts'
import { reviewing } from './routes/reviewing.ts'
import { startScene } from './routes/scene.ts'
import type { Table } from './table.ts'

/** Issue 12: whatever somebody sends, within the limits of length, costs at most so many times an ordinary request. */
const atMost = 20
const shown = 10

/** What requests of every content cost beside ordinary ones, and the worst of them. */
export async function bench(): Promise<Table[]> {
  const api = await startMeteredApi()
  try {
    const measured = await measureAll(api)
    return [report(measured)]
  } finally {
    await api.stop()
  }
}

async function measureAll(api: MeteredApi): Promise<Measured[]> {
  const [sized] = sizes
  const scene = await startScene(api, sized)
  const measured = await measureTarget(webhookTarget(api.table))
  const seen = new Set<string>()
  const all = [reading(scene, sized), granting(scene), reviewing(scene, api.table), changing(scene, sized)]
  for (const conversation of all) {
    await follow(api, sized.customerId, conversation, async (asked) => {
      if (seen.has(asked.route)) return
      seen.add(asked.route)
      measured.push(...(await measureTarget(apiTarget(api, sized.customerId, asked))))
    })
  }
  const missing = routes.filter(({ id }) => !seen.has(id)).map(({ id }) => id)
  if (missing.length > 0) throw new Error(`not measured: ${missing.join(', ')}`)
  return measured
}

/** Each request, after something was done with it. */
async function follow(
  api: MeteredApi,
  customerId: string,
  conversation: Conversation,
  first: (asked: Asked) => Promise<void>,
): Promise<void> {
  let next = await conversation.next()
  while (!next.done) {
    await first(next.value)
    next = await conversation.next(await api.ask(customerId, next.value))
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
