import { expect, it } from 'vitest'
import { judge, render } from '../../order/judge.ts'
import { startInMemory } from '../../order/memory-service.ts'
import { startOf, storiesOf } from '../../order/stories.ts'
import { startTestEngine } from '../../support/engine.ts'
import { runs } from '../../support/long.ts'
import { startProvisioned } from '../../support/provisioned.ts'

const engine = await startTestEngine()
/** `npm run test:order` judges two thousand others. */
const firstSeed = 1_000_001
const seeds = (count: number) => Array.from({ length: count }, (_, place) => firstSeed + place)

it('ends as the oracle says in every order of arrival, with names used twice', async () => {
  for (const story of seeds(runs(20)).flatMap(storiesOf)) {
    const service = startInMemory(startOf(story))
    expect((await judge(service, [story])).map(render)).toEqual([])
    expect(service.failures).toEqual([])
  }
}, 120_000)

it('ends so on an engine, too, where deliveries come at once', async () => {
  const service = await startProvisioned(engine)
  const stories = seeds(runs(3)).flatMap(storiesOf)
  const timeless = stories.filter((story) => startOf(story) === undefined)
  const differences = await judge(service, timeless)
  expect(differences.map(render)).toEqual([])
  expect(service.failures).toEqual([])
  await service.stop()
}, 120_000)
