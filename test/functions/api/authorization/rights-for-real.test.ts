import { beforeAll, expect, it } from 'vitest'
import { type Asker, createAsker } from './rights/ask.ts'
import { callers } from './rights/callers.ts'
import { idsOf } from './rights/ids.ts'
import { changes, nameOf, rows } from './rights/rows.ts'
import { setScene } from './rights/scene.ts'
import { type Target, targetsOf } from './rights/targets.ts'
import { startWorld } from '../world.ts'

const at = '/v1/customers/{c}'
const user = `${at}/users/{u}`
const transfer = `${at}/ownership-transfer`
const project = `${at}/projects/{p}`
const server = `${at}/servers/{s}`
const review = `${at}/reviews/{r}`
const elsewhere = { c: 'other' }

type Call = [name: string, who: string, status: number, target?: Target]
/** Each change once, by the least who may, in an order in which the one before doesn't stand in the way. */
const calls: Call[] = [
  ['POST /v1/customers', 'operator', 201],
  [`PATCH ${at}`, 'admin', 200],
  [`PUT ${at}/contact`, 'billing', 200],
  [`PUT ${at}/billing`, 'billing', 200],
  [`PUT ${at}/review-policy`, 'admin', 200],
  [`PUT ${review}/items/{i}/decision`, 'client', 200],
  [`PUT ${review}/items/{i}/decision`, 'admin outside Main', 200],
  [`POST ${review}/decisions`, 'billing outside Main', 200],
  [`POST ${review}/cancel`, 'admin', 200],
  [`POST ${at}/reviews`, 'admin', 201],
  [`POST ${review}/apply`, 'operator', 200, elsewhere],
  [`POST ${at}/users`, 'admin', 201],
  [`PATCH ${user} (name)`, 'admin', 200],
  [`PATCH ${user} (name)`, 'owner', 200, { u: 'self' }],
  [`PATCH ${user} (e-mail)`, 'admin', 200],
  [`DELETE ${user}/login`, 'admin', 204],
  [`POST ${user}/invite`, 'admin', 200],
  ['PUT /v1/me/mail', 'client', 200],
  [`DELETE ${user}/login`, 'operator', 204, { ...elsewhere, u: 'main-customer' }],
  [`PATCH ${user} (e-mail)`, 'operator', 200, { ...elsewhere, u: 'main-customer' }],
  [`PUT ${user}/type`, 'admin', 200, { keep: 'held' }],
  [`POST ${at}/projects`, 'admin', 201],
  [`PATCH ${project}`, 'admin', 200],
  [`PUT ${project}/members/{u}`, 'admin', 200],
  [`PUT ${project}/members/{u}`, 'admin', 201, { p: 'unheld' }],
  [`PUT ${project}/members/{u}`, 'admin', 200, { p: 'main' }],
  [`DELETE ${project}/members/{u}`, 'admin', 204],
  [`DELETE ${project}`, 'admin', 204],
  [`PUT ${server}`, 'operator', 200],
  [`PUT ${server}`, 'operator', 201, { s: 'foreign' }],
  [`PUT ${server}/assignments/{u}`, 'admin', 200],
  [`PUT ${server}/assignments/{u}`, 'admin', 201, { s: 'unheld' }],
  [`DELETE ${server}/assignments/{u}`, 'admin', 204],
  [`DELETE ${server}`, 'operator', 204],
  [`PATCH ${user} (status)`, 'admin', 200],
  [`DELETE ${user}`, 'admin', 204],
  [`POST ${transfer}`, 'owner', 201],
  [`DELETE ${transfer}`, 'owner', 204],
  [`POST ${transfer}`, 'owner', 201],
  [`POST ${transfer}/accept`, 'admin who is offered the ownership', 200],
  [`POST ${transfer}/force`, 'operator', 200, elsewhere],
  [`POST ${at}/suspend`, 'operator', 200, elsewhere],
  [`POST ${at}/resume`, 'operator', 200, elsewhere],
  [`POST ${at}/close`, 'operator', 200, elsewhere],
  ['POST /v1/deliveries/{source}/{id}/retry', 'operator', 200],
]

const world = await startWorld()
const scene = await setScene(world)
let requester: Asker
beforeAll(async () => {
  requester = await createAsker(world, callers)
})

it('all changes are among them', () => {
  const names = rows.filter(changes).map(nameOf)
  expect(new Set(calls.map(([name]) => name))).toEqual(new Set(names))
})

it.each(calls)('%s is let in for real: %s, %i', async (name, who, status, varied) => {
  const row = rows.find((each) => nameOf(each) === name)
  const caller = callers.find((each) => each.name === who)
  if (!row || !caller) throw new Error('there is no such row or caller')
  requester.forget()
  const target = { ...targetsOf(row, caller)[0], ...varied }
  const ids = idsOf(scene, row, caller, target)
  const dry = await requester.ask(row, caller, ids)
  expect([dry.status, dry.text]).toEqual([200, expect.stringMatching(/^\{"changes":\[/)])
  const sent = await world.requestsOf(async () => {
    const answer = await requester.ask(row, caller, ids, { forReal: true })
    expect(answer).toMatchObject({ status })
  })
  expect(sent.filter(({ operation }) => operation === 'TransactWriteItemsCommand')).toHaveLength(1)
})
