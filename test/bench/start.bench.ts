import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { orgFile, orgs } from '../support/orgs.ts'
import { inTemporaryFolder, withService } from './service.ts'
import { valuesTable } from './table.ts'

const starts = 5
const idleMilliseconds = 3_000

/** Ready in how long, and how large when idle, with the data of all four organisations. */
export async function bench() {
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
      valuesTable(`Starting on data of four organisations, median of ${starts}`, [
        ['until it listens', { value: median(seconds), atMost: 3 }, 's'],
        ['slowest', Math.max(...seconds), 's'],
        ['memory when idle (PSS)', { value: median(both), atMost: 250 }, 'MB'],
        ['of Node', median(node), 'MB'],
        ['of the engine', median(engine), 'MB'],
      ]),
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
