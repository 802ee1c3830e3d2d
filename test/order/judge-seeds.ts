import type { TestEngine } from '../support/open-engine.ts'
import { type Difference, judge, type Story } from './judge.ts'
import { startJudged } from './start-judged.ts'
import { startOf, storiesOf } from './stories.ts'

export type Verdict = { judged: number; differences: Difference[]; failures: string[] }

/**
 * Judges the histories of these seeds: concurrently, except those in which time passes, each on a table of its own.
 */
export async function judgeSeeds(engine: TestEngine, seeds: readonly number[]): Promise<Verdict> {
  const stories = seeds.flatMap(storiesOf)
  const timed = stories.filter((story) => startOf(story) !== undefined)
  const groups = [stories.filter((story) => startOf(story) === undefined), ...timed.map((story) => [story])]
  const verdict: Verdict = { judged: stories.length, differences: [], failures: [] }
  for (const group of groups) {
    const { differences, failures } = await judgeTogether(engine, group)
    verdict.differences.push(...differences)
    verdict.failures.push(...failures)
  }
  return verdict
}

async function judgeTogether(engine: TestEngine, group: readonly Story[]) {
  const [first] = group
  if (!first) return { differences: [], failures: [] }
  const service = await startJudged(engine, startOf(first))
  const differences = await judge(service, group)
  await service.stop()
  return { differences, failures: service.failures }
}
