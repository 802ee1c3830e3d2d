import { expect, it } from 'vitest'
import { judgeSeeds } from '../../order/judge-seeds.ts'
import { render } from '../../order/judge.ts'
import { startTestEngine } from '../../support/engine.ts'
import { runs } from '../../support/long.ts'

const engine = await startTestEngine()
/** `npm run test:order` judges two thousand others. */
const firstSeed = 1_000_001
const seeds = Array.from({ length: runs(5, 20) }, (_, place) => firstSeed + place)

it('is what the oracle expects at any moment, in every order of arrival, with names used twice', async () => {
  const { differences, failures } = await judgeSeeds(engine, seeds)
  expect(differences.map(render)).toEqual([])
  expect(failures).toEqual([])
}, 600_000)
