import { describe, expect, it } from 'vitest'
import { routes } from '../../../../functions/api/routes.ts'
import { createConsistencyTokens } from '../../../../shared/auth/consistency-token.ts'
import { changeAt, seedScene, send } from '../changes.ts'
import { startWorld } from '../world.ts'

const world = await startWorld()
const tokens = createConsistencyTokens('a secret of the tests')
/** About no customer in particular: their tokens ask for strong reads. */
const ofNobody = ['retryDelivery', 'setMailPreference']
/** Their changes aren't of anything that decisions are made from. */
const decisive = /^(customer|user|project|membership|server|assignment)$/

describe.each(routes.filter(({ changes: isChange }) => isChange))('$id', ({ id }) => {
  it('answers with a token of its customer, also when it is repeated, and none to a dry run', async () => {
    const scene = await seedScene(world)
    const request = await changeAt(scene, id)
    const key = { 'idempotency-key': `key-${id}`, 'x-reason': 'a test' }
    const dry = await send(scene, { ...request, path: `${request.path}?dryRun=true` }, key)
    expect([dry.status, dry.headers.get('x-consistency-token')]).toEqual([200, null])
    const known = new Set((await eventsOf(scene.customerId)).map((event) => event.id))

    const first = await send(scene, request, key)
    world.setTime(new Date(world.now().getTime() + 5))
    const again = await send(scene, request, key)
    expect([again.status, again.text]).toEqual([first.status, first.text])
    const customerId = id === 'createCustomer' ? String(first.body.id) : scene.customerId
    const [one, two] = [first, again].map(({ headers }) => headers.get('x-consistency-token') ?? '')
    expect([one, two].map((token) => token?.length)).toEqual([302, 302])
    if (ofNobody.includes(id)) return

    const state = tokens.open(customerId, one ?? '')
    expect(state?.at).toBeGreaterThanOrEqual(world.now().getTime() - 5)
    const events = (await eventsOf(customerId)).filter((event) => !known.has(event.id))
    const changed = events.flatMap((event) => event.changes as { resource: { type: string } }[])
    const items = changed.filter(({ resource }) => decisive.test(resource.type))
    expect(state?.items.length).toBeGreaterThanOrEqual(Math.min(items.length, 16))
    expect(tokens.open('OTH000002', one ?? '')).toBeUndefined()
    if (id === 'createCustomer') return
    expect(tokens.open(customerId, two ?? '')?.at).toBeGreaterThanOrEqual(state?.at ?? 0)
  })
})

async function eventsOf(customerId: string): Promise<Record<string, unknown>[]> {
  const { body } = await world.ask(`/v1/customers/${customerId}/events?limit=200`, await world.operator())
  return body.items ?? []
}

it('a refused change has none, and neither has a read', async () => {
  const scene = await seedScene(world)
  const refused = await world.send('PATCH', scene.at, scene.token.tech, { organisation: 'Other' })
  const read = await world.ask(scene.at, scene.token.owner)
  for (const { headers } of [refused, read]) expect(headers.get('x-consistency-token')).toBeNull()
})

it('a change of nothing has one, which names what shows it', async () => {
  const scene = await seedScene(world)
  const same = { organisation: 'Scene' }
  const answer = await world.send('PATCH', scene.at, scene.token.owner, same)
  expect(answer.status).toBe(200)
  const token = answer.headers.get('x-consistency-token') ?? ''
  expect(tokens.open(scene.customerId, token)?.items).toHaveLength(1)
})
