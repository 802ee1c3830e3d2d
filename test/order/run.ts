import { judge, render } from './judge.ts'
import { startInMemory } from './memory-service.ts'
import { startOf, storiesOf } from './stories.ts'

const [from = 1, to = 21] = process.argv.slice(2).map(Number)
/** Differences are printed whole; the first few are enough to begin with. */
const printed = 3

/** Judges the histories of these seeds, each order of arrival on a table of its own. */
async function main(): Promise<number> {
  const began = Date.now()
  let [judged, differing] = [0, 0]
  for (let seed = from; seed < to; seed++) {
    for (const story of storiesOf(seed)) {
      const service = startInMemory(startOf(story))
      const [difference] = await judge(service, [story])
      judged++
      if (difference || service.failures.length > 0) differing++
      if (difference && differing <= printed) process.stdout.write(`${render(difference)}\n`)
      for (const failure of service.failures) process.stdout.write(`seed ${seed}: ${failure}\n`)
    }
  }
  const seconds = Math.round((Date.now() - began) / 1000)
  process.stdout.write(
    `seeds ${from} to ${to - 1}: ${judged} orders of arrival, ${differing} differ from the oracle, ${seconds} s\n`,
  )
  return differing
}

process.exit((await main()) > 0 ? 1 : 0)
