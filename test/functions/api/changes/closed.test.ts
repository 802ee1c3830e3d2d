import { beforeAll, expect, it } from 'vitest'
import { documentedRoutes as routes } from '../../../../infra/openapi/documented.ts'
import { because, type ChangeRequest, changes, seedScene, send } from '../changes.ts'
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
    const request = await changes[id]?.(scene)
    if (request) requests.set(id, request)
    // To be resumed it was suspended, where the others can't begin.
    if (id === 'resumeCustomer') {
      await world.event('customer.resumed', { customerId: scene.customerId })
    }
  }
  await world.event('customer.closed', { customerId: scene.customerId })
  before = await scene.events()
})

const final = { status: 409, code: 'conflict', detail: 'The customer is closed, and closing is final.' }

it.each(changing)(
  'at a closed customer $id is refused, whatever is sent, and says why',
  async ({ id, body }) => {
    const request = requests.get(id)
    if (!request) throw new Error(`nothing tries ${id}`)
    const expected = neverOperators.includes(id) ? { status: 403, code: 'forbidden' } : final
    for (const query of ['', '?dryRun=true', '?x=1']) {
      for (const each of body ? [request.body, { other: 1 }, '{'] : [undefined, '{']) {
        const sent = { ...request, path: `${request.path}${query}`, body: each }
        const byOwner = await send(scene, { ...sent, token: scene.token.owner })
        expect(told(byOwner)).toMatchObject({ status: 403, code: 'forbidden' })
        const byOperator = await send(scene, { ...sent, token: scene.token.operator }, because)
        expect(told(byOperator)).toMatchObject(expected)
      }
    }
    expect(await scene.events()).toEqual(before)
  },
)
