import { beforeAll, describe, expect, it } from 'vitest'
import { seedScene } from '../changes.ts'
import { settle } from './worker.ts'
import { type Answer, type Sent, startWorld } from '../world.ts'

const world = await startWorld({ openstack: true })
const scene = await seedScene(world)
const { customerId, at, token, id } = scene
const crowd = Array.from({ length: 205 }, (_, each) => each)
const member = `${at}/projects/${id.old}/members/${id.tech}`
let times = 0

beforeAll(async () => {
  await world.eventsAtOnce(crowd.map((each) => ['project.created', { customerId, name: `p${each}` }]))
  await settle(world.table, customerId)
})

async function costOf(work: () => Promise<Answer>) {
  const sent = await world.requestsOf(async () => {
    const { status, text } = await work()
    if (status >= 300) throw new Error(text)
  })
  return { requests: sent.length, units: unitsOf(sent, 'TransactWriteItemsCommand') }
}
const unitsOf = (sent: readonly Sent[], command: string) =>
  sent.filter(({ operation }) => operation === command).reduce((sum, { units }) => sum + units, 0)

/** Other roles each time. */
const put = (headers: Record<string, string> = {}) =>
  world.send('PUT', member, token.admin, { roles: ['compute:read'], reason: `the ${++times}th` }, headers)

describe('with OpenStack on', () => {
  // 8 of them without OpenStack; the project's record changes its place in two indexes.
  it('a membership change of a ready project takes 5 requests and 13 write units', async () => {
    await put()
    await settle(world.table, customerId)
    const { requests, units } = await costOf(put)
    expect(requests).toBeLessThanOrEqual(5)
    expect(units).toBeLessThanOrEqual(13)
  })

  it('a membership change of a pending project takes 12 write units', async () => {
    await put()
    world.setTime(new Date(world.now().getTime() + 1000))
    const { units } = await costOf(put)
    expect(units).toBeLessThanOrEqual(12)
  })

  it('an Idempotency-Key costs a request and two write units more', async () => {
    await put()
    await settle(world.table, customerId)
    const { requests, units } = await costOf(() => put({ 'idempotency-key': 'k-1' }))
    expect(requests).toBeLessThanOrEqual(5)
    expect(units).toBeLessThanOrEqual(15)
  })

  it.each(['owner', 'admin', 'tech', 'operator'] as const)(
    'a project takes the %s 5 requests',
    async (who) => {
      const read = () => world.ask(`${at}/projects/${id.web}`, token[who])
      await read()
      expect((await costOf(read)).requests).toBeLessThanOrEqual(5)
    },
  )

  it.each(['owner', 'admin', 'operator'] as const)('200 projects take the %s 10 requests', async (who) => {
    let shown: Answer | undefined
    const read = async () => (shown = await world.ask(`${at}/projects?limit=200`, token[who]))
    expect((await costOf(read)).requests).toBeLessThanOrEqual(10)
    expect(shown?.body.items).toHaveLength(200)
    expect(shown?.body.items.at(-1)).toMatchObject({ openstack: { state: 'ready' } })
  })
})
