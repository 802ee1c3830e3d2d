import { describe, expect, it } from 'vitest'
import { because, type Scene, seedScene } from './changes.ts'
import { runReviewWorker } from './open-review.ts'
import { requester } from './routing/refused.ts'
import { startWorld } from './world.ts'

const world = await startWorld()
const day = 86_400_000

/** Renews the token, which is valid for minutes. */
async function passTo(scene: Scene, time: string | number) {
  world.setTime(new Date(time))
  for (const name of ['owner', 'admin', 'billing'] as const)
    scene.token[name] = await world.person(scene.mail(name))
  scene.token.operator = await world.operator()
}

/** An open review that no worker advances. */
async function open() {
  const scene = await seedScene(world)
  const ask = requester(scene)
  const path = `/reviews/${await scene.review()}`
  const item = `${scene.id.tech}.project.${scene.id.web}`
  const { body } = await ask(['admin', 'GET', path])
  const endsAt = Date.parse(String(body.endsAt))
  const decideOne = (by: 'admin' | 'operator' = 'admin') =>
    ask([by, 'PUT', `${path}/items/${item}/decision`, { decision: 'keep' }])
  const decideMany = () =>
    ask(['admin', 'POST', `${path}/decisions`, { decisions: [{ item, decision: 'keep' }] }])
  return { scene, ask, path, item, endsAt, decideOne, decideMany }
}

describe('a decision, in a review that no worker has ended', () => {
  it('counts until the end', async () => {
    const { scene, ask, path, item, endsAt, decideOne, decideMany } = await open()
    await passTo(scene, endsAt - 1)
    expect([(await decideOne()).status, (await decideMany()).status]).toEqual([200, 200])
    const { body } = await ask(['admin', 'GET', `${path}/items/${item}`])
    expect(body.locked).toBeUndefined()
    expect((await ask(['admin', 'GET', path])).body.decisionsEndedAt).toBeUndefined()
  })

  it.each([0, 1, 3 * day])('is denied %i ms after it, and says so', async (later) => {
    const { scene, ask, path, item, endsAt, decideOne, decideMany } = await open()
    await passTo(scene, endsAt + later)
    const ended = new Date(endsAt).toISOString()
    for (const answer of [await decideOne(), await decideMany()]) {
      expect([answer.status, answer.body.code]).toEqual([409, 'conflict'])
      expect(answer.body.detail).toBe(`the time for decisions ended at ${ended}`)
    }
    const { body: review } = await ask(['admin', 'GET', path])
    expect(review).toMatchObject({ state: 'open', decisionsEndedAt: ended })
    const locked = { state: 'open', locked: true, lockReason: `the time for decisions ended at ${ended}` }
    expect((await ask(['admin', 'GET', `${path}/items/${item}`])).body).toMatchObject(locked)
    const { items } = (await ask(['admin', 'GET', `${path}/items?state=open`])).body
    expect(items.map((each) => each.locked)).toEqual(items.map(() => true))
    const [listed] = (await ask(['admin', 'GET', '/reviews'])).body.items
    expect(listed?.decisionsEndedAt).toBe(ended)
  })

  it('that is sent slowly counts at the time when it is complete', async () => {
    const { scene, path, item, endsAt } = await open()
    await passTo(scene, endsAt - 1)
    const at = `${scene.at}${path}/items/${item}/decision`
    const meanwhile = async () => world.setTime(new Date(endsAt))
    expect((await putSlowly(at, scene.token.admin, { decision: 'keep' }, meanwhile)).status).toBe(409)
  })
})

/** Runs something between the head of a request and its body. */
function putSlowly(path: string, token: string, content: object, meanwhile: () => Promise<unknown>) {
  const source = {
    async pull(controller: ReadableStreamDefaultController<Uint8Array>) {
      await meanwhile()
      controller.enqueue(new TextEncoder().encode(JSON.stringify(content)))
      controller.close()
    },
  }
  const body = new ReadableStream(source, { highWaterMark: 0 })
  const headers = { 'content-type': 'application/json' }
  return world.ask(path, token, { method: 'PUT', headers, body, duplex: 'half' })
}

it('a request that is sent slowly is authorized by the rights at the time when it is complete', async () => {
  const scene = await seedScene(world)
  await passTo(scene, world.now().getTime())
  const user = { customerId: scene.customerId, user: scene.mail('admin') }
  const meanwhile = () => world.event('user.disabled', user)
  const answer = await putSlowly(`${scene.at}/review-policy`, scene.token.admin, {}, meanwhile)
  expect(answer.status).toBe(403)
})

describe('days of a suspension', () => {
  it('do not count: an operator may decide, and everybody once it is resumed', async () => {
    const { scene, ask, path, endsAt, decideOne } = await open()
    await passTo(scene, endsAt - 2 * day)
    await ask(['operator', 'POST', '/suspend', undefined, because])
    await passTo(scene, endsAt + day)
    expect((await decideOne('operator')).status).toBe(200)
    await runReviewWorker(world.table, scene.customerId)
    expect((await decideOne('operator')).status).toBe(200)
    await ask(['operator', 'POST', '/resume', undefined, because])
    // No worker has moved the end by those days yet.
    expect((await decideOne()).status).toBe(200)
    await runReviewWorker(world.table, scene.customerId)
    const { body } = await ask(['admin', 'GET', path])
    const moved = Date.parse(String(body.endsAt))
    expect(Math.abs(moved - (endsAt + 3 * day))).toBeLessThan(60_000)
    await passTo(scene, moved)
    expect((await decideOne()).status).toBe(409)
  })

  it('do not reopen a review that had ended before', async () => {
    const { scene, ask, endsAt, decideOne } = await open()
    await passTo(scene, endsAt + day)
    await ask(['operator', 'POST', '/suspend', undefined, because])
    await passTo(scene, endsAt + 2 * day)
    expect((await decideOne('operator')).status).toBe(409)
    await runReviewWorker(world.table, scene.customerId)
    expect((await decideOne('operator')).status).toBe(409)
  })
})
