import type { Table } from '../table.ts'
import { phases } from './deadline.ts'
import { sum } from './kinds.ts'
import type { Result } from './measure.ts'

/** Of the same for the smallest customer; processor time, since the machine may have other things to do. */
const slowest = 1.5
const memory = 200

const megabytes = (kilobytes: number) => (kilobytes * 1024) / 1e6
const processorTime = ({ processorMilliseconds, items }: Result) => (1_000 * processorMilliseconds) / items

export function tableOfOpenings(results: readonly Result[]): Table {
  const row = (
    name: string,
    cellOf: (result: Result) => Table['rows'][number]['cells'][number],
    unit?: string,
  ) => ({ name, cells: results.map(cellOf), ...(unit !== undefined && { unit }) })
  const [smallest] = results
  if (!smallest) throw new Error('something was measured')
  return {
    title: 'Opening a review of so many grants',
    columns: results.map(({ name }) => name),
    rows: [
      row('items', ({ items, grants }) => ({ value: items, exactly: grants })),
      row('users', ({ users }) => users),
      row('read units of their collections', ({ opening, units }) => ({
        value: opening.collections.readUnits,
        atMost: units,
      })),
      row('read units of what was used', ({ opening }) => opening.uses.readUnits),
      row('read units of lists', ({ opening }) => opening.lists.readUnits),
      row('write units an item', ({ opening, items }) => ({
        value: opening.items.writeUnits / items,
        exactly: 1,
      })),
      row('other write units', ({ opening }) => opening.rest.writeUnits),
      row('audit events', ({ events }) => ({ value: events, exactly: 1 })),
      row(
        'requests but those that write items',
        ({ opening }) => sum(opening, 'requests') - opening.items.requests,
      ),
      row('median item', ({ opened }) => opened.median, 'B'),
      row('largest item', ({ opened }) => ({ value: opened.largest, atMost: 1024 }), 'B'),
      row('time an item', ({ milliseconds, items }) => (1_000 * milliseconds) / items, 'µs'),
      row('processor time an item', processorTime, 'µs'),
      row('of that of 1,000', (result) => ({
        value: processorTime(result) / processorTime(smallest),
        atMost: slowest,
      })),
      row('memory before', ({ idleMemory }) => megabytes(idleMemory), 'MB'),
      row(
        'memory at most',
        ({ openingMemory }) => ({ value: megabytes(openingMemory), atMost: memory }),
        'MB',
      ),
    ],
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
      {
        title: 'At its end',
        columns: ['measured'],
        rows: [
          { name: 'memory at most', unit: 'MB', cells: [{ value: megabytes(endMemory), atMost: memory }] },
          { name: 'median item', unit: 'B', cells: [closed?.median ?? Number.NaN] },
          { name: 'largest item', unit: 'B', cells: [closed?.largest ?? Number.NaN] },
        ],
      },
    ]
  })
}

const ofPhases = (name: string, valueOf: (phase: Phase) => number, unit?: string) => ({
  name,
  cells: phases.map(valueOf),
  ...(unit !== undefined && { unit }),
})
