import { expect, onTestFinished, test } from 'vitest'
import { messages } from '../../../functions/reviews/items/alarm-messages.ts'
import { itemId } from '../../../shared/reviews/model/review-item.ts'
import { startTestEngine } from '../../support/engine.ts'
import { startReviewed } from './scene.ts'
import { createStaffed } from './directory.ts'

const engine = await startTestEngine()
const customerId = 'STK000001'
const minute = 1 / (24 * 60)

test('what OpenStack does not follow is told after twenty minutes, and not before', async () => {
  const scene = await startReviewed(engine, { wakes: false, openstack: true })
  onTestFinished(() => scene.stop())
  const staffed = await createStaffed(scene, customerId)
  await scene.policy(customerId, { unanswered: 'keep', reminders: [] })
  const [tech, project] = [await staffed.user('customer-tech'), await staffed.project()]
  await staffed.grant(tech, project, 'compute:manage')
  await scene.start(customerId)
  await scene.lookAtAll()
  const id = itemId({ userId: tech, resource: { kind: 'project', id: project } })
  await scene.decide(customerId, { [id]: { decision: 'revoke' } })
  await scene.apply(customerId)
  await scene.lookAtAll()

  let minutes = 0
  while (scene.failures.length === 0 && minutes < 60) {
    minutes++
    await scene.after(minute)
  }
  expect(scene.failures).toEqual([`${messages.stuck} `])
  expect(minutes).toBeGreaterThanOrEqual(20)
  expect(minutes).toBeLessThan(40)
  const { review } = await scene.underWay(customerId)
  const items = await scene.itemsOf(customerId, review.id)
  expect(items.filter(({ problem }) => problem !== undefined)).toMatchObject([
    { state: 'applied', problem: 'OpenStack has not followed yet' },
  ])
})
