import { beforeAll, describe, expect, it } from 'vitest'
import { documentedRoutes as routes } from '../../../../infra/openapi/documented.ts'
import { type Asked, differences } from './rights/alike.ts'
import { type Asker, createAsker, toldBy } from './rights/ask.ts'
import { type Caller, callers } from './rights/callers.ts'
import { customers } from './rights/cast.ts'
import { idsOf } from './rights/ids.ts'
import { changes, nameOf, type Row, rows } from './rights/rows.ts'
import { setScene } from './rights/scene.ts'
import { labelOf, type Target, targetsOf } from './rights/targets.ts'
import { verdict } from './rights/verdict.ts'
import { startWorld } from '../world.ts'

const world = await startWorld()
const { digest } = world
const scene = await setScene(world)
let requester: Asker
let before: string
beforeAll(async () => {
  requester = await createAsker(world, callers)
  before = await digest()
  world.sent.length = 0
})

const named = (some: readonly Caller[]) => some.map((caller) => [caller.name, caller] as const)

async function askAs(caller: Caller, row: Row, target: Target): Promise<Asked> {
  const ids = idsOf(scene, row, caller, target)
  return { target, ids, answer: await requester(row, caller, ids) }
}

it('every route has its row', () => {
  const listed = new Set(routes.map(({ method, path }) => `${method.toUpperCase()} ${path}`))
  expect(new Set(rows.map(({ route }) => route))).toEqual(listed)
})

describe.each(rows.map((row) => [nameOf(row), row] as const))('%s', (_name, row) => {
  it.each(named(callers))('%s', async (_who, caller) => {
    const asked = await Promise.all(targetsOf(row, caller).map((target) => askAs(caller, row, target)))
    const answers = asked.map(({ target, answer }) => `${labelOf(target)}: ${toldBy(row, answer)}`)
    expect(answers).toEqual(asked.map(({ target }) => `${labelOf(target)}: ${verdict(row, caller, target)}`))
    expect({ toldApart: differences(caller, asked) }).toEqual({ toldApart: [] })
  })

  it('wrote nothing', async () => {
    const writes = world.sent.map(({ operation }) => operation).filter((each) => !isReading(each))
    // Reading the whole table takes long; what a reading route might leave is found at the next one that changes.
    const table = changes(row) ? await digest() : before
    expect({ writes, table }).toEqual({ writes: [], table: before })
  })
})

const isReading = (operation: string) => /^(Get|BatchGet|Query|TransactGet)/.test(operation)

describe('shown is', () => {
  const atAcme = callers.filter(({ home }) => home === 'acme')

  it.each([
    ['projects', 'p', ['held', 'unheld', 'main']],
    ['servers', 's', ['held', 'unheld']],
  ] as const)('in the list of %s what may be read', async (things, dimension, kinds) => {
    for (const caller of atAcme) {
      const row = rowOf(`GET /v1/customers/{c}/${things}/{${dimension}}`)
      const readable = kinds.filter(
        (kind) => verdict(row, caller, { c: 'acme', [dimension]: kind }) === '200',
      )
      const ids = await shown(`GET /v1/customers/{c}/${things}`, caller, { c: 'acme' }, 'id')
      const expected = readable.map((kind) => scene.acme.things[dimension][kind])
      expect([caller.name, new Set(ids)]).toEqual([caller.name, new Set(expected)])
    }
  })

  it.each([
    ['GET /v1/customers/{c}/projects/{p}/members', { p: 'held' }],
    ['GET /v1/customers/{c}/servers/{s}/assignments', { s: 'held' }],
  ])('by %s who is in there: to a tech the others too, to a client itself', async (route, held) => {
    const { tech, client } = scene.acme.users
    const [forTech, forClient] = ['tech', 'client'].map((who) => {
      const caller = atAcme.filter(({ name }) => name === who)
      return caller.map((each) => shown(route, each, { c: 'acme', ...held }, 'userId'))[0]
    })
    expect(await forTech).toEqual(expect.arrayContaining([tech, client]))
    expect(await forClient).toEqual([client])
  })

  it.each(named(callers.filter(({ kind }) => kind !== 'bad token')))(
    'by GET /v1/me to: %s',
    async (_, caller) => {
      const users = await shown('GET /v1/me', caller, {}, 'user')
      const { home, who } = caller.usually ?? caller
      expect(users).toMatchObject(
        home && who ? [{ id: scene[home].users[who], customerId: customers[home].id }] : [],
      )
    },
  )
})

/** One field of each item of a list, if it is a list that is answered. */
async function shown(route: string, caller: Caller, target: Target, field: string): Promise<unknown[]> {
  const { answer } = await askAs(caller, rowOf(route), target)
  return answer.status === 200 ? answer.body.items.map((item) => item[field]) : []
}

function rowOf(route: string): Row {
  const row = rows.find((each) => each.route === route)
  if (!row) throw new Error(`there is no row ${route}`)
  return row
}
