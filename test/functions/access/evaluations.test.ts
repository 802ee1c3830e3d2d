import { describe, expect, it } from 'vitest'
import { mail, startAcme } from '../api/acme.ts'

const { world, at: customer, ids, tokens } = await startAcme()
const at = `${customer}/access/v1`
const { tech, owner, web } = ids
const { check } = tokens

const subject = { type: 'user', id: tech }
const action = { name: 'compute.operate' }
const resource = { type: 'project', id: web }
const question = { subject, action, resource }
const evaluateAll = async (body: unknown) => world.post(`${at}/evaluations`, check, body)
const membership = { decision: true, context: { reason: { code: 'membership' } } }
const failed = (message: string) => ({ decision: false, context: { error: { status: 400, message } } })
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
    expect(answer.body).toEqual({ evaluations: [failed('/resource/id is missing')] })
  })

  it.each([
    ['nothing of its own', {}, '/resource is missing'],
    ['a resource without type', { resource: { id: web } }, '/resource/type is missing'],
    ['a resource that is a text', { resource: web }, '/resource must be an object'],
    ['a resource that is a list', { resource: [] }, '/resource must be an object'],
    ['an id that is a number', { resource: { type: 'project', id: 1 } }, '/resource/id must be a string'],
    ['no action at all', { resource, action: null }, '/action must be an object'],
    ['a context that is a text', { resource, context: 'now' }, '/context must be an object'],
    ['a context that is null', { resource, context: null }, '/context must be an object'],
    [
      'properties that are a list',
      { resource: { ...resource, properties: [] } },
      '/resource/properties must be an object',
    ],
    [
      'another resource and no subject',
      { resource, subject: undefined, action: {} },
      '/action/name is missing',
    ],
  ])('one with %s is false in its place, and the others are decided', async (_what, wrong, message) => {
    const answer = await evaluateAll({ subject, action, evaluations: [{ resource }, wrong, { resource }] })
    expect(answer.status).toBe(200)
    expect(told(answer)).toEqual([true, false, true])
    expect((answer.body.evaluations as unknown[])[1]).toEqual(failed(message))
  })

  it('that all fail are all false', async () => {
    const answer = await evaluateAll({ evaluations: Array.from({ length: 50 }, () => ({})) })
    const message = '/subject is missing; /action is missing; /resource is missing'
    expect(answer.body).toEqual({ evaluations: Array.from({ length: 50 }, () => failed(message)) })
  })

  it.each([
    ['deny_on_first_deny', [true, false]],
    ['permit_on_first_permit', [true]],
  ])('a failure is a denial: %s', async (evaluations_semantic, expected) => {
    const options = { evaluations_semantic }
    const evaluations = [{ resource }, {}, { resource }]
    expect(told(await evaluateAll({ subject, action, evaluations, options }))).toEqual(expected)
    const none = await evaluateAll({ subject, action, evaluations: [{}, { resource }], options })
    expect(told(none)).toEqual(evaluations_semantic === 'deny_on_first_deny' ? [false] : [false, true])
  })

  it('of a user about itself: one that fails is about nobody else', async () => {
    const token = await world.person(mail('tech'))
    const body = { subject, action, evaluations: [{ resource }, {}] }
    expect(told(await world.post(`${at}/evaluations`, token, body))).toEqual([true, false])
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
    ['entries that are none', { ...question, evaluations: [null, 'x', 1] }],
    ['a default that is a text', { ...question, subject: tech, evaluations: [question] }],
    ['a default that is a list', { ...question, action: [], evaluations: [question] }],
    ['a default with an id that is none', { subject, action, resource: { id: 1 }, evaluations: [question] }],
    ['a default context that is none', { ...question, context: [], evaluations: [{}] }],
    [
      'a default with properties that are none',
      { subject: { ...subject, properties: 'x' }, evaluations: [question] },
    ],
    ['options that are a list', { ...question, evaluations: [{}], options: [] }],
    ['64,000 entries', { ...question, evaluations: Array.from({ length: 64_000 }, () => []) }],
    ['more than fifty', { ...question, evaluations: Array.from({ length: 51 }, () => ({})) }],
  ])('are refused with %s', async (_what, body) => {
    const answer = await evaluateAll(body)
    expect([answer.status, typeof answer.body]).toEqual([400, 'string'])
    expect(answer.text.length).toBeLessThan(2000)
  })
})
