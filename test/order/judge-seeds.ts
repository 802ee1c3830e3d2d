import { isLong } from '../support/long.ts'
import type { TestEngine } from '../support/open-engine.ts'
import { type Difference, judge, judgeAtOnce, type Story } from './judge.ts'
import { startJudged } from './start-judged.ts'
import { startOf, storiesOf } from './stories.ts'

export type Verdict = { judged: number; differences: Difference[]; failures: string[] }

/** Of each story one moment in so many is watched. */
const watched = isLong ? 1 : 3
const isWatched = ({ seed }: Story, arrived: number) => (seed + arrived) % watched === 0

/**
 * Judges the histories of these seeds: concurrently, except those in which time passes, each on a table of its own.
 * Of the others, those with an odd seed are judged without the clean-up, which nobody may notice; and all of them a
 * second time, with everything arriving at once.
 */
export async function judgeSeeds(engine: TestEngine, seeds: readonly number[]): Promise<Verdict> {
  const stories = seeds.flatMap(storiesOf)
  const timed = stories.filter((story) => startOf(story) !== undefined)
  const others = stories.filter((story) => startOf(story) === undefined)
  const verdict: Verdict = { judged: stories.length, differences: [], failures: [] }
  const judgeTogether = async (group: readonly Story[], judgeAll: typeof judge, cleansUp = true) => {
    const [first] = group
    if (!first) return
    const service = await startJudged(engine, startOf(first), cleansUp)
    verdict.differences.push(...(await judgeAll(service, group, isWatched)))
    await service.stop()
    verdict.failures.push(...service.failures)
  }
  for (const isOdd of [true, false]) {
    const group = others.filter(({ seed }) => (seed % 2 === 1) === isOdd)
    await judgeTogether(group, judge, !isOdd)
  }
  await judgeTogether(
    others.filter((_, place) => place % 4 === 0),
    judgeAtOnce,
  )
  for (const story of timed) await judgeTogether([story], judge)
  return verdict
}
