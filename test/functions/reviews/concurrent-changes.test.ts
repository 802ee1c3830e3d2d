import type { PutCommandInput } from '@aws-sdk/lib-dynamodb'
import { expect, test } from 'vitest'
import { startTestEngine } from '../../support/engine.ts'
import { aroundTransaction } from './around-transaction.ts'
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
  const isItem = ({ Item }: { Item?: PutCommandInput['Item'] }) => String(Item?.sk).includes(tom)
  const remove = () => scene.commitPlan(directory.plans.remove(tom))
  const { isDone } = aroundTransaction(scene.client, isItem, { before: remove, command: 'PutItemCommand' })
  await open()
  expect((await newest()).items.get(`${tom}.project.${shop}`)).toMatchObject({ state: 'gone' })
  expect(isDone()).toBe(true)
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
