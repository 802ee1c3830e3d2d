import { beforeAll, expect, it } from 'vitest'
import { routes } from '../../../../functions/api/routes.ts'
import { because, changeAt, type ChangeRequest, seedScene, send } from '../changes.ts'
import { told } from '../routing/refused.ts'
import { startWorld } from '../world.ts'

const world = await startWorld()
const scene = await seedScene(world)
const changing = routes.filter((route) => route.changes && route.path.includes('{c}'))
const neverOperators = ['offerOwnership', 'acceptOwnership']
const requests = new Map<string, ChangeRequest>()
let before: unknown[]

beforeAll(async () => {
  for (const { id } of changing) {
    requests.set(id, await changeAt(scene, id))
    // To be resumed it was suspended, where the others can't begin.
    if (id === 'resumeCustomer') {
      await world.event('customer.resumed', { customerId: scene.customerId })
    }
  }
  await world.event('customer.closed', { customerId: scene.customerId })
  before = await scene.events()
})

const final = { status: 409, code: 'conflict', detail: 'The customer is closed, and closing is final.' }

it.each(changing)('at a closed customer $id is refused, whatever is sent, and says why', async ({ id }) => {
  const request = requests.get(id)
  if (!request) throw new Error(`nothing tries ${id}`)
  const expected = neverOperators.includes(id) ? { status: 403, code: 'forbidden' } : final
  for (const query of ['', '?x=1']) {
    for (const each of [request.body, '{']) {
      const sent = { ...request, path: `${request.path}${query}`, body: each }
      const byOwner = await send(scene, { ...sent, token: scene.token.owner })
      expect(told(byOwner)).toMatchObject({ status: 403, code: 'forbidden' })
      const byOperator = await send(scene, { ...sent, token: scene.token.operator }, because)
      expect(told(byOperator)).toMatchObject(expected)
    }
  }
  expect(await scene.events()).toEqual(before)
})
