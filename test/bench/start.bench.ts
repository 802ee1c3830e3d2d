import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { orgFile, orgs } from '../support/orgs.ts'
import { inTemporaryFolder, withService } from './service.ts'
import type { Table } from './table.ts'

const starts = 5
const idleMilliseconds = 3_000

/** Ready in how long, and how large when idle, with the data of all four organisations. */
export async function bench(): Promise<Table[]> {
  return inTemporaryFolder(async (home) => {
    await withService(home, async (service) => {
      for (const org of orgs) await service.provision(orgFile(org))
    })
    const seconds: number[] = []
    const node: number[] = []
    const engine: number[] = []
    for (let count = 0; count < starts; count++)
      await withService(home, async ({ milliseconds, pid, enginePid }) => {
        seconds.push(milliseconds / 1_000)
        await pause(idleMilliseconds)
        node.push(megabytes(pid))
        engine.push(megabytes(enginePid))
      })
    const both = node.map((size, index) => size + (engine[index] ?? 0))
    return [
      {
        title: `Starting on data of four organisations, median of ${starts}`,
        columns: ['value'],
        rows: [
          { name: 'until it listens', unit: 's', cells: [{ value: median(seconds), atMost: 3 }] },
          { name: 'slowest', unit: 's', cells: [Math.max(...seconds)] },
          { name: 'memory when idle (PSS)', unit: 'MB', cells: [{ value: median(both), atMost: 250 }] },
          { name: 'of Node', unit: 'MB', cells: [median(node)] },
          { name: 'of the engine', unit: 'MB', cells: [median(engine)] },
        ],
      },
    ]
  })
}

/** What is a process's own, with its share of what it shares. */
function megabytes(pid: number): number {
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]
  return (Number(kilobytes) * 1024) / 1e6
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
