import type { PutCommandInput } from '@aws-sdk/lib-dynamodb'
import { expect, onTestFinished, test } from 'vitest'
import type { ChangePlan } from '../../../shared/directory/change/change-plan.ts'
import { commit } from '../../../shared/records/commit.ts'
import { startTestEngine } from '../../support/engine.ts'
import { byId, startReviewed } from './scene.ts'
import { createStaffed } from './directory.ts'

const engine = await startTestEngine()
const customerId = 'MEAN00001'

/** Nobody is woken but by the clock: whatever the stream would tell comes too early, or never. */
async function start() {
  const scene = await startReviewed(engine, { wakes: false })
  onTestFinished(() => scene.stop())
  const staffed = await createStaffed(scene, customerId)
  await scene.policy(customerId, { unanswered: 'revoke', largestShare: 100 })
  const itemsNow = async () => {
    const [review] = await scene.reviewsOf(customerId)
    return byId(await scene.itemsOf(customerId, review?.id ?? ''))
  }
  return { scene, staffed, itemsNow }
}

test('a grant that is taken away between its reading and its item has none that is to be decided', async () => {
  const { scene, staffed, itemsNow } = await start()
  const [tom, shop] = [await staffed.user('customer-tech'), await staffed.project()]
  await staffed.grant(tom, shop, 'dns:read')
  const removal = once(() => staffed.plans.remove(tom))
  scene.client.middlewareStack.add(
    (next, context) => async (args) => {
      const { Item } = args.input as PutCommandInput
      if (context.commandName === 'PutItemCommand' && String(Item?.sk).includes(tom)) {
        const plan: ChangePlan | undefined = await removal()
        if (plan?.change) await commit(scene.table, plan.change)
      }
      return next(args)
    },
    { step: 'initialize' },
  )
  await scene.start(customerId)
  await scene.lookAtAll()
  expect((await itemsNow()).get(`${tom}.project.${shop}`)).toMatchObject({ state: 'gone' })
  expect(scene.failures).toEqual([])
})

test('what is granted or changed once decisions have ended is left alone, though nobody has decided', async () => {
  const { scene, staffed, itemsNow } = await start()
  const [tom, ann, shop] = [
    await staffed.user('customer-tech'),
    await staffed.user('customer-admin', 'active', true),
    await staffed.project(),
  ]
  const [server, other] = [await staffed.server(), await staffed.server()]
  await staffed.grant(tom, shop, 'dns:read')
  await staffed.assign(ann, other, 'power')
  await staffed.assign(tom, other, 'power')
  scene.clock.moveDays(1)
  await scene.start(customerId)
  await scene.lookAtAll()
  await scene.apply(customerId)
  scene.clock.moveDays(0.01)
  await staffed.grant(tom, shop, 'dns:manage')
  await staffed.assign(tom, server, 'power')
  await scene.done(staffed.plans.demote(ann))
  await scene.lookAtAll()
  await scene.after(1)
  const items = await itemsNow()
  const outcomes = Object.fromEntries([...items].map(([id, { outcome }]) => [id, outcome?.by]))
  expect(outcomes).toMatchObject({
    [`${tom}.project.${shop}`]: 'changed',
    [`${tom}.server.${server}`]: 'changed',
    [`${ann}.server.${other}`]: 'changed',
    [`${tom}.server.${other}`]: 'default',
  })
  expect(await staffed.may(tom, 'dns.manage', { type: 'project', id: shop })).toBe(true)
  expect(scene.failures).toEqual([])
})

/** The work's result the first time, and nothing after that. */
function once<T>(work: () => Promise<T>): () => Promise<T | undefined> {
  let isDone = false
  return async () => {
    if (isDone) return undefined
    isDone = true
    return work()
  }
}
