import { expect, onTestFinished, test } from 'vitest'
import { levels, services } from '../../../shared/domain/entities/role.ts'
import { decisionsAtOnce } from '../../../shared/reviews/decide-items.ts'
import type { WantedDecision } from '../../../shared/reviews/model/decide-item.ts'
import { itemId } from '../../../shared/reviews/model/review-item.ts'
import { startTestEngine } from '../../support/engine.ts'
import { startReviewed } from './scene.ts'
import { createStaffed } from './directory.ts'

const engine = await startTestEngine()
const customerId = 'LNG000001'

/** Roles as many as there are, and a reason of four bytes a character. */
const all = services.flatMap((service) => levels.map((level) => `${service}:${level}`))
const longest: WantedDecision = {
  decision: 'reduce',
  roles: all.filter((role) => !role.endsWith(':manage')),
  until: '2027-11-27T09:00:00.000000000Z',
  reason: '\u{1f511}'.repeat(500),
}

test('decisions as long as they may be are made at once, applied and verified', async () => {
  const scene = await startReviewed(engine)
  onTestFinished(() => scene.stop())
  const staffed = await createStaffed(scene, customerId)
  const tech = await staffed.user('customer-tech')
  const ids: string[] = []
  for (let place = 0; place < decisionsAtOnce; place++) {
    const id = await staffed.project()
    await staffed.grant(tech, id, ...all)
    ids.push(itemId({ userId: tech, resource: { kind: 'project', id } }))
  }
  await scene.start(customerId, { types: ['customer-tech'] })
  const decisions = Object.fromEntries(ids.map((id) => [id, longest]))
  // The second time the event tells of as much before as after.
  await scene.decide(customerId, decisions)
  await scene.decide(customerId, decisions)
  await scene.apply(customerId)
  await scene.lookAtAll()
  const [closed] = await scene.reviewsOf(customerId)
  expect(closed).toMatchObject({ state: 'closed', outcomes: { reduced: decisionsAtOnce } })
  expect(scene.failures).toEqual([])
})
