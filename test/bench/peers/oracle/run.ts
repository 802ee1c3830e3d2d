import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Report, Task } from './worker.ts'

const size = 1_000
const defaultSeed = 14
/** Enough to see what kind of case differs. */
const shown = 3

/** Judges `decide` by Cedar and casbin in random cases; returns whether all agree. */
export async function runOracle(count = 1_000_000, seed = defaultSeed): Promise<boolean> {
  const started = performance.now()
  const total: Report = { cases: 0, allowed: 0, codes: {}, differences: [] }
  const blocks = Array.from({ length: Math.ceil(count / size) }, (_, block) => block)
  const workers = Math.min(availableParallelism(), blocks.length)
  const add = (report: Report) => {
    total.cases += report.cases
    total.allowed += report.allowed
    total.differences.push(...report.differences)
    for (const [code, times] of Object.entries(report.codes))
      total.codes[code] = (total.codes[code] ?? 0) + times
    if (total.cases % 100_000 === 0) {
      const cases = total.cases.toLocaleString('en')
      process.stderr.write(`${cases} cases, ${total.differences.length} differences\n`)
    }
  }
  await Promise.all(
    Array.from({ length: workers }, (_, lane) =>
      inWorker({ seed, size, blocks: blocks.filter((block) => block % workers === lane) }, add),
    ),
  )
  const cpu = process.cpuUsage()
  const seconds = (performance.now() - started) / 1_000
  for (const difference of total.differences.slice(0, shown)) process.stdout.write(`${difference}\n\n`)
  const codes = Object.entries(total.codes).toSorted(([, a], [, b]) => b - a)
  process.stdout.write(
    [
      `${total.cases.toLocaleString('en')} cases of seed ${seed}, ${total.allowed.toLocaleString('en')} allowed, ` +
        `${total.differences.length} differences from Cedar and casbin; ${seconds.toFixed(0)} s, ` +
        `${((cpu.user + cpu.system) / 1e6).toFixed(0)} s of CPU`,
      codes.map(([code, times]) => `${code} ${times.toLocaleString('en')}`).join(', '),
      '',
    ].join('\n'),
  )
  return total.differences.length === 0
}

function inWorker(task: Task, add: (report: Report) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: task })
    worker.on('message', add)
    worker.once('error', reject)
    worker.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`))))
  })
}
