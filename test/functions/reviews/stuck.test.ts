import { expect, onTestFinished, test } from 'vitest'
import { messages } from '../../../functions/reviews/items/alarm-messages.ts'
import { itemId } from '../../../shared/reviews/model/review-item.ts'
import { startTestEngine } from '../../support/engine.ts'
import { startReviewScene } from './scene.ts'
import { createDirectory } from './directory.ts'

const engine = await startTestEngine()
const customerId = 'STK000001'
const minute = 1 / (24 * 60)

test('a revocation that OpenStack does not follow raises the alarm after twenty minutes, not before', async () => {
  const scene = await startReviewScene(engine, { triggered: false, openstack: true })
  onTestFinished(() => scene.stop())
  const directory = await createDirectory(scene, customerId)
  await scene.policy(customerId, { unanswered: 'keep', reminders: [] })
  const [tech, project] = [await directory.user('customer-tech'), await directory.project()]
  await directory.grant(tech, project, 'compute:manage')
  await scene.start(customerId)
  await scene.runDue()
  const id = itemId({ userId: tech, resource: { kind: 'project', id: project } })
  await scene.decide(customerId, { [id]: { decision: 'revoke' } })
  await scene.apply(customerId)
  await scene.runDue()

  let minutes = 0
  while (scene.failures.length === 0 && minutes < 60) {
    minutes++
    await scene.after(minute)
  }
  expect(scene.failures).toEqual([`${messages.stuck} `])
  expect(minutes).toBeGreaterThanOrEqual(20)
  expect(minutes).toBeLessThan(40)
  const { review } = await scene.current(customerId)
  const items = await scene.itemsOf(customerId, review.id)
  expect(items.filter(({ problem }) => problem !== undefined)).toMatchObject([
    { state: 'applied', problem: 'OpenStack has not followed yet' },
  ])
})
