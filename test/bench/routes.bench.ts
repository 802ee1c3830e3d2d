import { documentedRoutes as routes } from '../../infra/openapi/documented.ts'
import { type Sized, sizes } from './customers.ts'
import type { Usage } from './meter.ts'
import { type Asked, type Conversation, nameOf } from './routes/asked.ts'
import { changing } from './routes/changing.ts'
import { granting } from './routes/granting.ts'
import { type MeteredApi, startMeteredApi } from './routes/metered-api.ts'
import { reading } from './routes/reading.ts'
import { reviewing } from './routes/reviewing.ts'
import { startScene } from './routes/scene.ts'
import type { Cell, Table } from './table.ts'

type Measured = { asked: Asked; usage: Usage }

const parts = [
  'requests',
  'transactions',
  'readUnits',
  'indexReadUnits',
  'writeUnits',
  'indexWriteUnits',
] as const
const columns = [
  'requests',
  'transactions',
  'read units',
  'of indexes',
  'write units',
  'of indexes',
  'differs',
]

/** What a request to each route asks of the table, for a small customer and a large one. */
export async function bench(): Promise<Table[]> {
  const api = await startMeteredApi()
  const [small, large] = sizes
  try {
    const [ofSmall, ofLarge] = [await measureAll(api, small), await measureAll(api, large)]
    return [...ofLarge].map(([title, measured]) => tableOf(title, measured, ofSmall.get(title) ?? []))
  } finally {
    await api.stop()
  }
}

async function measureAll(api: MeteredApi, sized: Sized): Promise<Map<string, Measured[]>> {
  const scene = await startScene(api, sized)
  const measure = (conversation: Conversation) => measureEach(api, sized, conversation)
  const tables = new Map([
    ['A request that reads', await measure(reading(scene, sized))],
    ['A change of a membership or assignment', await measure(granting(scene))],
    ['A review', await measure(reviewing(scene, api.table))],
    ['Any other change', await measure(changing(scene, sized))],
  ])
  const measured = new Set([...tables.values()].flat().map(({ asked }) => asked.route))
  const missing = routes.filter(({ id }) => !measured.has(id)).map(({ id }) => id)
  if (missing.length > 0) throw new Error(`not measured: ${missing.join(', ')}`)
  return tables
}

async function measureEach(api: MeteredApi, { customerId }: Sized, conversation: Conversation) {
  const measured: Measured[] = []
  let next = await conversation.next()
  while (!next.done) {
    const asked = next.value
    const { usage, answer } = await api.costOf(customerId, asked)
    measured.push({ asked, usage })
    next = await conversation.next(answer)
  }
  return measured
}

/** A row each, of the large customer, with the number of values that are others for the small one. */
function tableOf(title: string, ofLarge: Measured[], ofSmall: Measured[]): Table {
  const [small, large] = sizes.map(({ users }) => users.toLocaleString('en'))
  const rows = ofLarge.flatMap(({ asked, usage }, index) => {
    const other = ofSmall[index]?.usage ?? usage
    const differs = parts.filter((part) => usage[part] !== other[part]).length
    const { growsWith, budget } = asked
    const row = {
      name: nameOf(asked),
      cells: [...cellsOf(usage, budget), growsWith === undefined ? { value: differs, exactly: 0 } : differs],
    }
    if (differs === 0) return [row]
    const why = growsWith === undefined ? '' : ` (it grows with ${growsWith})`
    return [row, { name: `- of ${small} users${why}`, cells: [...cellsOf(other, budget), differs] }]
  })
  return {
    title: `${title}, authentication aside, of a customer with ${large} users (differs: how many values are others with ${small})`,
    columns,
    rows,
  }
}

function cellsOf(usage: Usage, budget: Asked['budget']): Cell[] {
  const { requests, transactions, writeUnits } = budget ?? {}
  return parts.map((part): Cell => {
    const value = usage[part]
    if (part === 'requests' && requests !== undefined) return { value, atMost: requests }
    if (part === 'transactions' && transactions !== undefined) return { value, exactly: transactions }
    if (part === 'writeUnits' && writeUnits !== undefined) return { value, atMost: writeUnits }
    return { value }
  })
}
