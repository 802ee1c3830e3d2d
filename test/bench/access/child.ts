import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

/** What is measured in a process of its own: `cold`, import and first answer; `warm`, one request after the other. */
export type Job = { bundle: string; events: object[]; turns: number }
export type Outcome = {
  /** Milliseconds of CPU, of the process as a whole. */
  cold: number
  /** Microseconds of CPU for each request. */
  warm: number
  answers: { statusCode: number; body: string }[]
}

type Handler = (event: object) => Promise<{ statusCode: number; body: string }>

async function main(input: string, output: string): Promise<void> {
  const { bundle, events, turns }: Job = JSON.parse(readFileSync(input, 'utf8'))
  const { handler }: { handler: Handler } = await import(pathToFileURL(bundle).href)
  const answers: Outcome['answers'] = []
  const keep = async (event: object) => {
    const { statusCode, body } = await handler(event)
    answers.push({ statusCode, body })
  }
  const [first, ...others] = events
  if (first) await keep(first)
  const cold = microseconds(process.cpuUsage()) / 1000
  for (const event of others) await keep(event)
  let warm = 0
  for (let turn = 0; turn < turns; turn++) {
    const start = process.cpuUsage()
    for (const event of events) await handler(event)
    const each = microseconds(process.cpuUsage(start)) / events.length
    warm = turn === 0 ? each : Math.min(warm, each)
  }
  writeFileSync(output, JSON.stringify({ cold, warm, answers } satisfies Outcome))
  process.exit(0)
}

const microseconds = ({ user, system }: NodeJS.CpuUsage) => user + system

const [, , input = '', output = ''] = process.argv
await main(input, output)
