import { expect, test } from 'vitest'
import { messages } from '../../../functions/reviews/items/alarm-messages.ts'
import { itemId } from '../../../shared/reviews/model/review-item.ts'
import { startTestEngine } from '../../support/engine.ts'
import { startDirectory } from './directory.ts'

const engine = await startTestEngine()
const customerId = 'STK000001'
const minute = 1 / (24 * 60)

test('a revocation that OpenStack does not follow raises the alarm after twenty minutes, not before', async () => {
  const options = { triggered: false, openstack: true }
  const { scene, directory, open, newest } = await startDirectory(engine, customerId, options)
  await scene.policy(customerId, { unanswered: 'keep', reminders: [] })
  const [tech, project] = [await directory.user('customer-tech'), await directory.project()]
  await directory.grant(tech, project, 'compute:manage')
  await open()
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
  const items = [...(await newest()).items.values()]
  expect(items.filter(({ problem }) => problem !== undefined)).toMatchObject([
    { state: 'applied', problem: 'OpenStack has not followed yet' },
  ])
})
