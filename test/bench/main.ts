import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { cellsOf, isOver, render, type Table } from './table.ts'

type Module = { bench: () => Promise<Table[]> }

/** Runs every `*.bench.ts`, or those that are named (`cost`), and prints what they measured. */
async function main(chosen: string[]): Promise<number> {
  let over = 0
  for (const file of globSync('*.bench.ts', { cwd: import.meta.dirname }).toSorted()) {
    if (chosen.length > 0 && !chosen.includes(basename(file, '.bench.ts'))) continue
    const { bench }: Module = await import(join(import.meta.dirname, file))
    for (const table of await bench()) {
      over += cellsOf(table).filter(isOver).length
      process.stdout.write(`${render(table)}\n`)
    }
  }
  process.stdout.write(over === 0 ? 'all within budget\n' : `${over} over budget\n`)
  return over
}

process.exit((await main(process.argv.slice(2))) > 0 ? 1 : 0)
