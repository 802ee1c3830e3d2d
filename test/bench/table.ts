/** A measured value, perhaps with what it may be. */
export type Cell = { value: number; atMost?: number; atLeast?: number; exactly?: number }

/** What the `bench` of a `*.bench.ts` measured. */
export type Table = {
  title: string
  /** Of the rows' values; a row's own unit stands beside its name. */
  columns: string[]
  rows: { name: string; unit?: string; cells: (Cell | number)[] }[]
}

/** One value a row. */
export function valuesTable(
  title: string,
  rows: [name: string, cell: Cell | number, unit?: string][],
): Table {
  const rowOf = ([name, cell, unit]: (typeof rows)[number]) => ({
    name,
    cells: [cell],
    ...(unit && { unit }),
  })
  return { title, columns: ['value'], rows: rows.map(rowOf) }
}

export function cellsOf({ rows }: Table): Cell[] {
  return rows.flatMap(({ cells }) => cells.map(asCell))
}

export function isOver({ value, atMost = Infinity, atLeast = -Infinity, exactly = value }: Cell): boolean {
  return value > atMost || value < atLeast || value !== exactly
}

/** As Markdown: what was measured, with its budget and whether it is within it. */
export function render({ title, columns, rows }: Table): string {
  const hasUnits = rows.some(({ unit }) => unit !== undefined)
  const head = ['', ...(hasUnits ? ['unit'] : []), ...columns, 'budget', '']
  const body = rows.map(({ name, unit = '', cells }) => {
    const all = cells.map(asCell)
    const budgets = all
      .map((cell, index) => budget(cell, columns.length > 1 ? columns[index] : ''))
      .filter(Boolean)
    const verdict = budgets.length === 0 ? '' : all.some(isOver) ? '**over**' : 'ok'
    const values = all.map(({ value }) => round(value))
    return [name, ...(hasUnits ? [unit] : []), ...values, budgets.join(', '), verdict]
  })
  const isValue = (at: number) => at >= head.length - 2 - columns.length && at < head.length - 2
  const widths = head.map((_, at) => Math.max(3, ...[head, ...body].map((line) => line[at]?.length ?? 0)))
  const pad = (word: string, at: number) =>
    isValue(at) ? word.padStart(widths[at] ?? 0) : word.padEnd(widths[at] ?? 0)
  const rule = widths.map((width, at) => (isValue(at) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)))
  const lines = [head.map(pad), rule, ...body.map((line) => line.map(pad))]
  return [`### ${title}`, '', ...lines.map((line) => `| ${line.join(' | ')} |`), ''].join('\n')
}

const asCell = (cell: Cell | number): Cell => (typeof cell === 'number' ? { value: cell } : cell)

function budget({ atMost, atLeast, exactly }: Cell, column = ''): string {
  const limits = [
    atMost !== undefined && `≤ ${atMost}`,
    atLeast !== undefined && `≥ ${atLeast}`,
    exactly !== undefined && `= ${round(exactly)}`,
  ]
  const text = limits.filter(Boolean).join(', ')
  return text && column ? `${column} ${text}` : text
}

function round(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en')
}
