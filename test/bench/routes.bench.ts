import { type Sized, sizes } from './customers.ts'
import { unitColumns, unitParts, type Usage } from './meter.ts'
import type { Asked } from './routes/asked.ts'
import { converse } from './routes/converse.ts'
import { type MeteredApi, startMeteredApi } from './routes/metered-api.ts'
import type { Cell, Table } from './table.ts'

type Measured = { asked: Asked; usage: Usage }

const parts = ['requests', 'transactions', ...unitParts] as const

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
  const tables = new Map<string, Measured[]>()
  await converse(api, sized, async (asked, title) => {
    const { usage, answer } = await api.costOf(sized.customerId, asked)
    tables.set(title, [...(tables.get(title) ?? []), { asked, usage }])
    return answer
  })
  return tables
}

/** A row each, of the large customer, with the number of values that are others for the small one. */
function tableOf(title: string, ofLarge: Measured[], ofSmall: Measured[]): Table {
  const [small, large] = sizes.map(({ users }) => users.toLocaleString('en'))
  const rows = ofLarge.flatMap(({ asked, usage }, index) => {
    const other = ofSmall[index]?.usage ?? usage
    const differs = parts.filter((part) => usage[part] !== other[part]).length
    const { route, note, growsWith, budget } = asked
    const row = {
      name: note === undefined ? route : `${route}, ${note}`,
      cells: [...cellsOf(usage, budget), growsWith === undefined ? { value: differs, exactly: 0 } : differs],
    }
    if (differs === 0) return [row]
    const why = growsWith === undefined ? '' : ` (it grows with ${growsWith})`
    return [row, { name: `- of ${small} users${why}`, cells: [...cellsOf(other, budget), differs] }]
  })
  return {
    title: `${title}, authentication aside, of a customer with ${large} users (differs: how many values are others with ${small})`,
    columns: ['requests', 'transactions', ...unitColumns, 'differs'],
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
