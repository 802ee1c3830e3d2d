import { expect, test } from 'vitest'
import { levels, services } from '../../../shared/domain/entities/role.ts'
import { decisionsAtOnce } from '../../../shared/reviews/decide-items.ts'
import type { WantedDecision } from '../../../shared/reviews/model/decide-item.ts'
import { itemId } from '../../../shared/reviews/model/review-item.ts'
import { startTestEngine } from '../../support/engine.ts'
import { startDirectory } from './directory.ts'

const engine = await startTestEngine()
const customerId = 'LNG000001'

/** All roles there are, and the longest reason of characters of four bytes. */
const all = services.flatMap((service) => levels.map((level) => `${service}:${level}`))
const longest: WantedDecision = {
  decision: 'reduce',
  roles: all.filter((role) => !role.endsWith(':manage')),
  until: '2027-11-27T09:00:00.000000000Z',
  reason: '\u{1f511}'.repeat(500),
}

test('the largest decisions fit into one request, and are applied and verified', async () => {
  const { scene, directory, newest, closed } = await startDirectory(engine, customerId)
  const tech = await directory.user('customer-tech')
  const ids: string[] = []
  for (let place = 0; place < decisionsAtOnce; place++) {
    const id = await directory.project()
    await directory.grant(tech, id, ...all)
    ids.push(itemId({ userId: tech, resource: { kind: 'project', id } }))
  }
  await scene.start(customerId, { types: ['customer-tech'] })
  const decisions = Object.fromEntries(ids.map((id) => [id, longest]))
  // The second time the event has as much in `before` as in `after`.
  await scene.decide(customerId, decisions)
  await scene.decide(customerId, decisions)
  await scene.apply(customerId)
  await closed()
  expect((await newest()).review?.outcomes).toMatchObject({ reduced: decisionsAtOnce })
})
