import { openEngine } from '../support/open-engine.ts'
import { judgeSeeds } from './judge-seeds.ts'
import { render } from './judge.ts'

const [from = 1, to = 21] = process.argv.slice(2).map(Number)
/** Differences are printed whole; the first few are enough to begin with. */
const printed = 3
/** Histories that are judged on one engine, whose memory grows with its tables. */
const together = 25

/** Judges the histories of these seeds. */
async function main(): Promise<number> {
  const began = Date.now()
  let [judged, differing] = [0, 0]
  for (let first = from; first < to; first += together) {
    const engine = await openEngine()
    const count = Math.min(together, to - first)
    const verdict = await judgeSeeds(
      engine,
      Array.from({ length: count }, (_, place) => first + place),
    )
    await engine.end()
    for (const difference of verdict.differences.slice(0, Math.max(0, printed - differing))) {
      process.stdout.write(`${render(difference)}\n`)
    }
    for (const failure of verdict.failures) process.stdout.write(`seeds from ${first}: ${failure}\n`)
    judged += verdict.judged
    differing += verdict.differences.length + verdict.failures.length
  }
  const seconds = Math.round((Date.now() - began) / 1000)
  process.stdout.write(
    `seeds ${from} to ${to - 1}: ${judged} orders of arrival, ${differing} differ from the oracle, ${seconds} s\n`,
  )
  return differing
}

process.exit((await main()) > 0 ? 1 : 0)
