import { beforeAll, describe, expect, it } from 'vitest'
import { acme, mail, seedAcme } from './acme.ts'
import { startWorld } from './world.ts'

const world = await startWorld()
await seedAcme(world)
const at = `/v1/customers/${acme}/access/v1`
const tech = await world.userId(acme, mail('tech'))
const owner = await world.userId(acme, mail('owner'))
const web = await world.projectId(acme, 'web')
let check = ''
beforeAll(async () => {
  check = await world.check()
})

const subject = { type: 'user', id: tech }
const action = { name: 'compute.operate' }
const resource = { type: 'project', id: web }
const question = { subject, action, resource }
const evaluateAll = async (body: unknown) => world.post(`${at}/evaluations`, check, body)
const membership = { decision: true, context: { reason: { code: 'membership' } } }
const told = (answer: { body: Record<string, unknown> }) =>
  (answer.body.evaluations as { decision: boolean }[]).map(({ decision }) => decision)

describe('evaluations', () => {
  const no = { action: { name: 'compute.manage' } }
  const yes = { action: { name: 'compute.read' } }

  it('take what is outside as the default of each', async () => {
    const answer = await evaluateAll({
      ...question,
      evaluations: [{}, no, yes, { subject: { type: 'user', id: owner } }],
    })
    expect(told(answer)).toEqual([true, false, true, true])
    expect(answer.body).not.toHaveProperty('decision')
    expect((answer.body.evaluations as unknown[])[3]).toEqual({
      decision: true,
      context: { reason: { code: 'owner' } },
    })
  })

  it('need no default', async () => {
    expect(told(await evaluateAll({ evaluations: [question, { ...question, ...no }] }))).toEqual([
      true,
      false,
    ])
  })

  it('replace a default as a whole', async () => {
    const answer = await evaluateAll({ ...question, evaluations: [{ resource: { type: 'project' } }] })
    expect(answer.status).toBe(400)
  })

  it.each([
    ['execute_all', [true, false, true, false]],
    ['deny_on_first_deny', [true, false]],
    ['permit_on_first_permit', [true]],
  ])('end as asked: %s', async (evaluations_semantic, expected) => {
    const body = { ...question, evaluations: [yes, no, yes, no], options: { evaluations_semantic, other: 1 } }
    expect(told(await evaluateAll(body))).toEqual(expected)
  })

  it('permit_on_first_permit tells the denials before', async () => {
    const options = { evaluations_semantic: 'permit_on_first_permit' }
    expect(told(await evaluateAll({ ...question, evaluations: [no, no, yes, no], options }))).toEqual([
      false,
      false,
      true,
    ])
  })

  it.each([{}, { evaluations: [] }])('that are none are a single one: %j', async (none) => {
    expect((await evaluateAll({ ...question, ...none })).body).toMatchObject(membership)
  })

  it.each([
    ['another semantic', { ...question, evaluations: [{}], options: { evaluations_semantic: 'some' } }],
    ['a list that is none', { ...question, evaluations: {} }],
    ['an entry that is none', { ...question, evaluations: [[]] }],
    ['an incomplete entry', { subject, action, evaluations: [{ resource }, {}] }],
    ['more than fifty', { ...question, evaluations: Array.from({ length: 51 }, () => ({})) }],
  ])('are refused with %s', async (_what, body) => {
    const answer = await evaluateAll(body)
    expect([answer.status, typeof answer.body]).toEqual([400, 'string'])
  })
})
