import type { PutCommandInput } from '@aws-sdk/lib-dynamodb'
import { expect, test } from 'vitest'
import type { ChangePlan } from '../../../shared/directory/change/change-plan.ts'
import { commit } from '../../../shared/records/commit.ts'
import { startTestEngine } from '../../support/engine.ts'
import { startDirectory } from './directory.ts'

const engine = await startTestEngine()
const customerId = 'MEAN00001'

/** Only the schedule runs the worker, as if the stream's records came too early, or never. */
async function start() {
  const started = await startDirectory(engine, customerId, { triggered: false })
  await started.scene.policy(customerId, { unanswered: 'revoke', largestShare: 100 })
  return started
}

test('a grant revoked between its reading and the write of its item has nothing to decide', async () => {
  const { scene, directory, newest, open } = await start()
  const [tom, shop] = [await directory.user('customer-tech'), await directory.project()]
  await directory.grant(tom, shop, 'dns:read')
  const removal = once(() => directory.plans.remove(tom))
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
  await open()
  expect((await newest()).items.get(`${tom}.project.${shop}`)).toMatchObject({ state: 'gone' })
  expect(scene.failures).toEqual([])
})

test('a grant that is new or changed once decisions have ended stays, though nobody has decided', async () => {
  const { scene, directory, newest, open } = await start()
  const [tom, ann, shop] = [
    await directory.user('customer-tech'),
    await directory.user('customer-admin', 'active', true),
    await directory.project(),
  ]
  const [server, other] = [await directory.server(), await directory.server()]
  await directory.grant(tom, shop, 'dns:read')
  await directory.assign(ann, other, 'power')
  await directory.assign(tom, other, 'power')
  scene.clock.moveDays(1)
  await open()
  await scene.apply(customerId)
  scene.clock.moveDays(0.01)
  await directory.grant(tom, shop, 'dns:manage')
  await directory.assign(tom, server, 'power')
  await scene.commitPlan(directory.plans.demote(ann))
  await scene.runDue()
  await scene.after(1)
  const { items } = await newest()
  const outcomes = Object.fromEntries([...items].map(([id, { outcome }]) => [id, outcome?.by]))
  expect(outcomes).toMatchObject({
    [`${tom}.project.${shop}`]: 'changed',
    [`${tom}.server.${server}`]: 'changed',
    [`${ann}.server.${other}`]: 'changed',
    [`${tom}.server.${other}`]: 'default',
  })
  expect(await directory.may(tom, 'dns.manage', { type: 'project', id: shop })).toBe(true)
  expect(scene.failures).toEqual([])
})

/** Runs the work the first time only. */
function once<T>(work: () => Promise<T>): () => Promise<T | undefined> {
  let isDone = false
  return async () => {
    if (isDone) return undefined
    isDone = true
    return work()
  }
}
