import { expect, it } from 'vitest'
import { createOpenStack } from '../../functions/openstack/worker.ts'
import { readMapping } from '../../shared/openstack/plan/mapping.ts'
import { countInState } from '../../shared/openstack/sync/store.ts'
import { itemId } from '../../shared/reviews/model/review-item.ts'
import { customer, customerId, mail, membership, project, user } from '../functions/provisioning/scene.ts'
import { type ReviewScene, startReviewScene } from '../functions/reviews/scene.ts'
import { startTestEngine } from '../support/engine.ts'
import { compare } from '../support/keystone/equal.ts'
import { connectTo, ownKeystone } from '../support/keystone/shared.ts'

const engine = await startTestEngine()
const minute = 1 / 1440

/** Sweeps as the schedules do, until nothing is pending in OpenStack, or a while has passed. */
async function converge(scene: ReviewScene, sweep: () => Promise<unknown>): Promise<void> {
  for (let time = 1; time <= 60; time++) {
    await sweep()
    await scene.stream.drain()
    if ((await countInState(scene.table, 'pending', 1)).count === 0) return
    scene.clock.moveDays(minute)
  }
}

/** Role assignments in web, one for each role. */
const rolesIn = (lines: readonly string[]) => lines.filter((line) => line.endsWith(' in web'))

it('a review closes only once Keystone is without the roles that it revoked', async () => {
  const own = await ownKeystone()
  const keystone = connectTo(own.variables, { attempts: 1 })
  const scene = await startReviewScene(engine, { openstack: true })
  const { sweep } = createOpenStack({
    table: scene.table,
    keystone,
    mapping: readMapping({}),
    drift: 'repair',
    pauses: { firstPause: 1, longestPause: 1 },
    log: () => undefined,
  })
  await scene.deliverEach([
    customer.created,
    user.created(1, 'ann', 'admin'),
    user.created(2, 'tom', 'tech'),
    user.created(3, 'kim', 'tech'),
    project.created(4, 'web'),
    membership.granted(5, 'tom', 'web', ['compute:manage']),
    membership.granted(6, 'kim', 'web', ['compute:manage', 'dns:read']),
  ])
  await converge(scene, sweep)
  await scene.start(customerId)
  const [review] = await scene.reviewsOf(customerId)
  const items = await scene.itemsOf(customerId, review?.id ?? '')
  const inWeb = (name: string) => {
    const found = items.find(({ email, label }) => email === mail(name) && label === 'web')
    if (!found) throw new Error(`${name} is not in web`)
    return itemId(found)
  }
  const before = await compare(scene.table, keystone, customerId)
  expect(before.actual).toEqual(before.expected)
  await scene.decide(customerId, {
    [inWeb('tom')]: { decision: 'revoke' },
    [inWeb('ann')]: { decision: 'revoke' },
    [inWeb('kim')]: { decision: 'reduce', roles: ['compute:read'] },
  })

  await own.stop()
  await scene.apply(customerId)
  await scene.after(1)
  const applied = await scene.itemsOf(customerId, review?.id ?? '')
  const waiting = applied.filter(({ state }) => state !== 'verified')
  expect(waiting.map(({ email, state, problem }) => [email, state, problem].join(' ')).toSorted()).toEqual([
    `${mail('ann')} applied OpenStack has not followed yet`,
    `${mail('kim')} applied OpenStack has not followed yet`,
    `${mail('tom')} applied OpenStack has not followed yet`,
  ])
  expect(await scene.reviewsOf(customerId)).toMatchObject([{ state: 'applying' }])

  await own.start()
  await converge(scene, sweep)
  await scene.after(1)
  const [closed] = await scene.reviewsOf(customerId)
  expect(closed).toMatchObject({ state: 'closed', outcomes: { revoked: 2, reduced: 1 } })
  const after = await compare(scene.table, keystone, customerId)
  expect(after.actual).toEqual(after.expected)
  // Two of kim's became one.
  expect(rolesIn(before.actual).length - rolesIn(after.actual).length).toBe(3)
  expect(scene.failures).toEqual([])
  await scene.stop()
}, 180_000)
