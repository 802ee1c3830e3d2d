import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { jsonFrom, parseCompleteList } from '../../../../shared/openstack/transport/answer.ts'

const context = { now: () => new Date('2026-11-23T18:00:00Z'), secrets: ['hunter2', 'gAAAA-token'] }
const json = { 'content-type': 'application/json', 'x-openstack-request-id': 'req-1' }
const refusal = (message: string) => JSON.stringify({ error: { code: 0, message, title: 'T' } })
const read = (status: number, body: string, headers: Record<string, string> = json) =>
  jsonFrom({ status, headers, body }, [200], context)

describe('an answer', () => {
  it("is an error with Keystone's message, in one line of limited length, without secrets", () => {
    const error = expect.objectContaining({
      code: 'forbidden',
      requestId: 'req-1',
      message: 'Keystone refuses (403): No *** for *** here.',
    })
    expect(() => read(403, refusal('No hunter2\n for gAAAA-token\n\there.'))).toThrow(error)
    expect(() => read(400, refusal('x'.repeat(9999)))).toThrow(/^Keystone refuses \(400\): x{500}$/)
  })

  it.each([
    [401, 'unauthenticated', false],
    [403, 'forbidden', false],
    [404, 'not-found', false],
    [409, 'conflict', false],
    [413, 'refused', false],
    [429, 'throttled', false],
    [500, 'failed', true],
    [503, 'failed', true],
    [201, 'broken-answer', true],
    [204, 'broken-answer', true],
    [302, 'broken-answer', true],
  ])('of %d is %s', (status, code, mayHaveHappened) => {
    expect(() => read(status, refusal('No.'))).toThrow(
      expect.objectContaining({ code, status, mayHaveHappened }),
    )
  })

  it.each([401, 403, 404, 409])('of %d in HTML is not Keystone’s', (status) => {
    const message = `no Keystone answers there: ${status} with text/html`
    const error = expect.objectContaining({ code: 'broken-answer', message })
    expect(() => read(status, '<html>', { 'content-type': 'text/html; charset=x' })).toThrow(error)
  })

  it.each(['', '{"roles": [', '<html>'])('that should be JSON and is %j is none', (body) => {
    const error = expect.objectContaining({ code: 'broken-answer', mayHaveHappened: true })
    expect(() => read(200, body)).toThrow(error)
  })

  it.each([429, 503])('of %d may say for how long', (status) => {
    const headers = { ...json, 'retry-after': '7' }
    const error = expect.objectContaining({ retryAfterSeconds: 7 })
    expect(() => read(status, refusal('Wait.'), headers)).toThrow(error)
  })
})

describe('a list', () => {
  const Item = v.object({ id: v.string() })
  const whole = { next: null, self: 'x', previous: null }

  it('is complete', () => {
    expect(parseCompleteList('roles', Item, { roles: [{ id: '1', more: 2 }], links: whole })).toEqual([
      { id: '1' },
    ])
    expect(parseCompleteList('roles', Item, { roles: [] })).toEqual([])
  })

  const one = { roles: [{ id: '1' }] }
  const others = [null, [], {}, { roles: null }, { roles: [{}] }, { roles: [{ id: 1 }] }, { users: [] }]
  it.each<[string, unknown]>([
    ['truncated', { ...one, truncated: true }],
    ['truncated', { ...one, links: { next: 'http://keystone/v3/roles?marker=1' } }],
    ...others.map((answer) => ['broken-answer', answer] as [string, unknown]),
  ])('is refused as %s: %j', (code, answer) => {
    expect(() => parseCompleteList('roles', Item, answer)).toThrow(expect.objectContaining({ code }))
  })
})
