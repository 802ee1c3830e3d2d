import { expect, it } from 'vitest'
import { judge, render } from '../../order/judge.ts'
import { storiesOf } from '../../order/stories.ts'
import { startTestEngine } from '../../support/engine.ts'
import { runs } from '../../support/long.ts'
import { startProvisioned } from '../../support/provisioned.ts'

const engine = await startTestEngine()
const seeds = Array.from({ length: runs(20) }, (_, place) => 1_000_001 + place)

/** `npm run test:order` judges two thousand. */
it('ends as the oracle says, with names used twice, in every order of arrival', async () => {
  const service = await startProvisioned(engine)
  const differences = await judge(service, seeds.flatMap(storiesOf))
  expect(differences.map(render)).toEqual([])
  expect(service.failures).toEqual([])
  await service.stop()
})
