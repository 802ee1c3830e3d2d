import { type Cell as Measured, type Table, valuesTable } from '../table.ts'
import { phases } from './deadline.ts'
import { sum } from './kinds.ts'
import type { Result } from './measure.ts'

/** Of the same for the smallest customer; processor time, since the machine may have other things to do. */
const slowest = 1.5
const memory = 200

const megabytes = (kilobytes: number) => (kilobytes * 1024) / 1e6
const processorTime = ({ processorMilliseconds, items }: Result) => (1_000 * processorMilliseconds) / items

type Cell = Measured | number
const most = (value: number, atMost: number): Cell => ({ value, atMost })
const just = (value: number, exactly: number): Cell => ({ value, exactly })

export function tableOfOpenings(results: readonly Result[]): Table {
  const [smallest] = results
  if (!smallest) throw new Error('something was measured')
  const leastTime = processorTime(smallest)
  const rows: [name: string, cellOf: (result: Result) => Cell, unit?: string][] = [
    ['items', ({ items, grants }) => just(items, grants)],
    ['users', ({ users }) => users],
    ['read units of their collections', ({ opening, units }) => most(opening.collections.readUnits, units)],
    ['read units of what was used', ({ opening }) => opening.uses.readUnits],
    ['read units of lists', ({ opening }) => opening.lists.readUnits],
    ['write units an item', ({ opening, items }) => just(opening.items.writeUnits / items, 1)],
    ['other write units', ({ opening }) => opening.rest.writeUnits],
    ['audit events', ({ events }) => just(events, 1)],
    ['requests but those that write items', ({ opening: all }) => sum(all, 'requests') - all.items.requests],
    ['median item', ({ opened }) => opened.median, 'B'],
    ['largest item', ({ opened }) => most(opened.largest, 1024), 'B'],
    ['time an item', ({ milliseconds, items }) => (1_000 * milliseconds) / items, 'µs'],
    ['processor time an item', processorTime, 'µs'],
    ['of that of 1,000', (result) => most(processorTime(result) / leastTime, slowest)],
    ['memory before', ({ idleMemory }) => megabytes(idleMemory), 'MB'],
    ['memory at most', ({ openingMemory }) => most(megabytes(openingMemory), memory), 'MB'],
  ]
  return {
    title: 'Opening a review of so many grants',
    columns: results.map(({ name }) => name),
    rows: rows.map(([name, cellOf, unit]) => ({ name, cells: results.map(cellOf), ...(unit && { unit }) })),
  }
}

type Phase = (typeof phases)[number]

/** What the end of a review takes that nobody has answered, a table for each that has come to it. */
export function tablesOfDeadlines(results: readonly Result[]): Table[] {
  return results.flatMap(({ deadline, items, unanswered, endMemory, closed }) => {
    if (!deadline) return []
    const each = (field: 'requests' | 'readUnits' | 'writeUnits') => (phase: Phase) =>
      sum(deadline[phase].usage, field) / items
    return [
      {
        title: `The end of a review of ${items} grants that nobody has answered: \`${unanswered}\``,
        columns: [...phases],
        rows: [
          ofPhases('requests an item', each('requests')),
          ofPhases('read units an item', each('readUnits')),
          ofPhases('write units an item', each('writeUnits')),
          ofPhases('time an item', (phase) => (1_000 * deadline[phase].milliseconds) / items, 'µs'),
        ],
      },
      valuesTable('At its end', [
        ['memory at most', most(megabytes(endMemory), memory), 'MB'],
        ['median item', closed?.median ?? Number.NaN, 'B'],
        ['largest item', closed?.largest ?? Number.NaN, 'B'],
      ]),
    ]
  })
}

const ofPhases = (name: string, valueOf: (phase: Phase) => number, unit?: string) => ({
  name,
  cells: phases.map(valueOf),
  ...(unit && { unit }),
})
