import { describe, expect, it } from 'vitest'
import { seedScene } from '../changes.ts'
import { type Asked, requester, told } from './refused.ts'
import { startWorld } from '../world.ts'

const world = await startWorld()
const scene = await seedScene(world)
const { id } = scene
const ask = requester(scene)

const marks = `a${'\u0300\u0315'.repeat(60_000)}`
const long = 'k'.repeat(250_000)

/** Refused in a moment, in few words; the last of what is told is how each field doesn't fit. */
async function refusedShortly(asked: Asked) {
  const start = performance.now()
  const answer = await ask(asked)
  expect(performance.now() - start).toBeLessThan(2000)
  expect(answer.status).toBe(400)
  const errors = (answer.body.errors ?? []) as { pointer: string; detail: string }[]
  expect(errors.length).toBeLessThanOrEqual(20)
  for (const { pointer, detail } of errors) {
    expect(pointer.length).toBeLessThanOrEqual(100)
    expect(detail.length).toBeLessThanOrEqual(400)
  }
  expect(answer.text.length).toBeLessThan(20_000)
  return told(answer)
}

const address = (street: string) => ({ street, city: 'Leiden', postalCode: '2311', country: 'NL' })
const texts: [string, (text: string) => Asked, pointer: string][] = [
  ['the name of a user', (name) => ['admin', 'PATCH', `/users/${id.tech}`, { name }], '/name'],
  ['an organisation', (organisation) => ['operator', 'PATCH', '', { organisation }], '/organisation'],
  ['the name of a project', (name) => ['admin', 'POST', '/projects', { name }], '/name'],
  [
    'a description',
    (description) => ['admin', 'PATCH', `/projects/${id.web}`, { description }],
    '/description',
  ],
  ['a street', (street) => ['billing', 'PUT', '/contact', { address: address(street) }], '/address/street'],
  ['a telephone number', (phone) => ['billing', 'PUT', '/billing', { phone }], '/phone'],
  [
    'a reason',
    (reason) => ['admin', 'PUT', `/projects/${id.web}/members/${id.tech}`, { roles: ['full'], reason }],
    '/reason',
  ],
  [
    'an e-mail address',
    (text) => ['admin', 'PATCH', `/users/${id.tech}`, { email: `a@${text}.example` }],
    '/email',
  ],
  ['a host name', (hostname) => ['operator', 'PUT', '/servers/s1', { hostname }], '/hostname'],
  [
    'a time',
    (expiresAt) => ['admin', 'PUT', `/servers/vps-1/assignments/${id.tech}`, { capabilities: [], expiresAt }],
    '/expiresAt',
  ],
]

describe('how long a text is comes before all work that grows with it:', () => {
  it.each(texts)('%s', async (_what, asked, pointer) => {
    for (const text of [marks, ' '.repeat(250_000), '\u200b'.repeat(80_000), long]) {
      const { errors } = await refusedShortly(asked(text))
      expect(errors).toMatchObject([{ pointer }])
    }
  })

  it('a reason in a header', async () => {
    const header = { 'x-reason': 'r'.repeat(7000) }
    const { errors } = await refusedShortly(['operator', 'POST', '/suspend', undefined, header])
    expect(errors).toEqual([{ pointer: 'X-Reason', detail: 'must be at most 500 characters long' }])
  })
})

const lists: [string, (list: unknown) => Asked, most: number][] = [
  ['decisions', (decisions) => ['admin', 'POST', `/reviews/${reviewId}/decisions`, { decisions }], 50],
  ['roles', (roles) => ['admin', 'PUT', `/projects/${id.web}/members/${id.tech}`, { roles }], 29],
  [
    'capabilities',
    (capabilities) => ['admin', 'PUT', `/servers/vps-1/assignments/${id.tech}`, { capabilities }],
    12,
  ],
  ['keep', (keep) => ['admin', 'PUT', `/users/${id.tech}/type`, { type: 'customer-tech', keep }], 40],
  ['reviewers', (reviewers) => ['admin', 'PUT', '/review-policy', { reviewers }], 20],
  ['reminders', (reminders) => ['admin', 'PUT', '/review-policy', { reminders }], 10],
  ['scope/projects', (projects) => ['admin', 'PUT', '/review-policy', { scope: { projects } }], 100],
]
const reviewId = await scene.review()

describe('how long a list is comes before what is in it:', () => {
  it.each(lists)('%s', async (name, asked, most) => {
    for (const list of [
      Array.from({ length: 80_000 }, () => ({})),
      Array(most + 1).fill(null),
      Array.from({ length: most + 1 }, () => ({ item: 7 })),
    ]) {
      const { errors } = await refusedShortly(asked(list))
      expect(errors).toEqual([{ pointer: `/${name}`, detail: `must have at most ${most} entries` }])
    }
  })

  it.each(lists)('%s of which nothing fits is refused with twenty problems', async (_name, asked, most) => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, place) => [`u${place}`, 1]))
    const { errors } = await refusedShortly(asked(Array(most).fill(many)))
    expect(errors).not.toHaveLength(0)
  })

  it('evaluations', async () => {
    const body = { evaluations: Array(80_000).fill(7) }
    const { status, text } = await ask(['operator', 'POST', '/access/v1/evaluations', body])
    expect([status, text]).toEqual([400, '"/evaluations must have at most 50 entries"'])
  })
})

describe('a problem repeats no more than a hundred characters of the request', () => {
  const first = 'k'.repeat(98)
  it('of the name of a field', async () => {
    const { errors, detail } = await refusedShortly(['admin', 'PATCH', `/users/${id.tech}`, { [long]: 1 }])
    expect(errors).toEqual([{ pointer: `/${first}…`, detail: 'is not known here' }])
    expect(detail).toBe(`/${first}… is not known here`)
  })

  it('of the names of many, inside each other', async () => {
    const nested = { ['~'.repeat(200)]: 1, ['\u{1f309}'.repeat(200)]: 1 }
    const { errors } = await refusedShortly(['billing', 'PUT', '/contact', { address: nested }])
    expect(JSON.stringify(errors).isWellFormed()).toBe(true)
  })

  it('of parameters', async () => {
    const name = 'k'.repeat(5000)
    for (const query of [`${name}=1`, `${name}=1&${name}=2`]) {
      const { errors } = await refusedShortly(['admin', 'GET', `/users?${query}`])
      expect(errors).toMatchObject([{ pointer: `${'k'.repeat(99)}…` }])
    }
  })
})

describe('the URL and the headers of a request', () => {
  const detail = 'The URL and the headers have more than 16384 characters together.'
  const many = Object.fromEntries(Array.from({ length: 2_000 }, (_, at) => [`x-${at}`, '123']))
  it.each([
    ['a long query', `/users?email=${'e'.repeat(17_000)}`, {}],
    ['a long path', `/users/${'e'.repeat(17_000)}`, {}],
    ['a long header', '/users', { 'if-none-match': '"a",'.repeat(4_500) }],
    ['many headers', '/users', many],
  ])('are limited together: %s', async (_what, path, headers) => {
    expect(await refusedShortly(['admin', 'GET', path, undefined, headers])).toMatchObject({ detail })
  })
})
