import { beforeAll, describe, expect, it } from 'vitest'
import { because, changeAt, changed, seedScene, send } from '../changes.ts'
import { settle } from './worker.ts'
import { type Answer, startWorld } from '../world.ts'

const world = await startWorld({ openstack: true })
/** Items of each transaction that this makes. */
async function sizesOf(work: () => Promise<Answer>): Promise<number[]> {
  const sent = await world.requestsOf(async () => {
    const { status, text } = await work()
    if (status >= 300) throw new Error(text)
  })
  return sent.flatMap(({ writes }) => (writes > 0 ? [writes] : []))
}

describe('forty memberships that are kept as a type changes', () => {
  let scene: Awaited<ReturnType<typeof seedScene>>
  let keep: string[] = []
  let sizes: number[] = []

  beforeAll(async () => {
    scene = await seedScene(world)
    const { customerId, id } = scene
    const names = Array.from({ length: 40 }, (_, each) => `p${each}`)
    await world.eventsAtOnce(names.map((name) => ['project.created', { customerId, name }]))
    await settle(world.table, customerId)
    keep = await Promise.all(names.map((name) => world.projectId(customerId, name)))
    const headers = { ...because, 'if-match': await scene.etag(`/users/${id.admin}`), 'idempotency-key': 'k' }
    const path = `${scene.at}/users/${id.admin}/type`
    const body = { type: 'customer-tech', keep }
    sizes = await sizesOf(() => world.send('PUT', path, scene.token.operator, body, headers))
  })

  it('fit one transaction, with the answer for its key and the word to OpenStack', () => {
    // Without the touches of its projects: the user is spread. DynamoDB takes 100.
    expect(sizes).toEqual([85])
  })

  it('are there, and every project is pending', async () => {
    const grants = (
      await world.ask(`${scene.at}/users/${scene.id.admin}/grants?limit=200`, scene.token.owner)
    ).body
    const held = grants.items.map(({ projectId }) => projectId)
    expect(held).toEqual(expect.arrayContaining(keep))
    const { items } = (await world.ask(`${scene.at}/projects?limit=200`, scene.token.owner)).body
    const states = items.slice(1).map(({ openstack }) => Reflect.get(Object(openstack), 'state'))
    expect(new Set(states)).toEqual(new Set(['pending']))
  })
})

describe('every change fits one transaction with OpenStack on', () => {
  it.each(changed)('%s', async (name) => {
    const scene = await seedScene(world)
    const asked = await changeAt(scene, name)
    const sizes = await sizesOf(() => send(scene, asked, { 'idempotency-key': name }))
    expect(sizes).toHaveLength(1)
    expect(sizes[0]).toBeLessThanOrEqual(20)
  })
})
