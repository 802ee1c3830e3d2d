import { expect, it } from 'vitest'
import { acme, mail, startAcme } from '../api/acme.ts'

const { world, at, ids } = await startAcme()
const resource = { type: 'project', id: ids.web }
const action = { name: 'compute.read' }
const single = { subject: { type: 'user', id: ids.tech }, action, resource }
const byEmail = { ...single, subject: { type: 'user_email', id: mail('tech') } }
const many = { evaluations: [single, { ...single, resource: { type: 'customer', id: acme } }] }

async function unitsOf(path: string, body: object, token?: string): Promise<number> {
  const check = await world.check()
  const headers: Record<string, string> = token === undefined ? {} : { 'x-consistency-token': token }
  const sent = await world.requestsOf(async () => {
    expect((await world.post(`${at}/access/v1/${path}`, check, body, headers)).status).toBe(200)
  })
  return sent.reduce((sum, { units }) => sum + units, 0)
}

it.each([
  ['an evaluation', 'evaluation', single],
  ['one by e-mail address', 'evaluation', byEmail],
  ['several', 'evaluations', many],
])('%s by eventually consistent reads costs half the units', async (_what, path, body) => {
  const strong = await unitsOf(path, body)
  expect(await unitsOf(`${path}?consistency=strong`, body)).toBe(strong)
  expect(await unitsOf(`${path}?consistency=eventual`, body)).toBe(strong / 2)
})

it('so it does with the token of a change a minute ago, and not with a younger one', async () => {
  const changed = await world.send(
    'PUT',
    `${at}/projects/${ids.web}/members/${ids.client}`,
    await world.operator(),
    {
      roles: ['full'],
    },
    { 'x-reason': 'a test' },
  )
  const token = changed.headers.get('x-consistency-token') ?? ''
  const path = 'evaluation?consistency=eventual'
  const strong = await unitsOf('evaluation', single)
  expect(await unitsOf(path, single, token)).toBe(strong)
  world.setTime(new Date(world.now().getTime() + 60_000))
  expect(await unitsOf(path, single, token)).toBe(strong / 2)
  // Nobody's choice but the caller's.
  expect(await unitsOf('evaluation', single, token)).toBe(strong)
})
