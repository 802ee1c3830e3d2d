import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { etagOf, respondWithEtag } from '../../../../shared/http/response/etag.ts'

describe('an ETag', () => {
  it('is strong and the same for the same fields in any order', () => {
    expect(etagOf({ a: 1, b: [{ c: 2, d: 3 }] })).toMatch(/^"[A-Za-z0-9_-]{32}"$/)
    expect(etagOf({ b: [{ d: 3, c: 2 }], a: 1 })).toBe(etagOf({ a: 1, b: [{ c: 2, d: 3 }] }))
    expect(etagOf({ a: 1, b: undefined })).toBe(etagOf({ a: 1 }))
  })

  it('differs where the JSON differs', () => {
    const objects = [{}, { a: 1 }, { a: '1' }, { b: 1 }, { a: { b: 1 } }, { 'a":1,"b': 1 }]
    const values = [...objects, [], { a: [1, 2] }, { a: [2, 1] }]
    expect(new Set(values.map(etagOf)).size).toBe(values.length)
    const json = fc.jsonValue().map((value): unknown => JSON.parse(JSON.stringify(value)))
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(etagOf(a) === etagOf(b)).toBe(isDeepStrictEqual(a, b))
      }),
    )
  })
})

describe('a resource', () => {
  let lastSeenAt = 1
  const app = new Hono().get('/', (c) =>
    respondWithEtag(c, { name: 'Ada', lastSeenAt }, { etagged: { name: 'Ada' }, isWhole: true }),
  )

  it('is sent with its ETag', async () => {
    const response = await app.request('/')
    expect(response.status).toBe(200)
    expect(response.headers.get('etag')).toBe(etagOf({ name: 'Ada' }))
    expect(await response.json()).toEqual({ name: 'Ada', lastSeenAt: 1 })
  })

  it('is not sent again to a caller who has it, even if fields outside the ETag have changed', async () => {
    lastSeenAt = 2
    const etag = etagOf({ name: 'Ada' })
    const response = await app.request('/', { headers: { 'If-None-Match': etag } })
    expect([response.status, await response.text()]).toEqual([304, ''])
    expect(response.headers.get('etag')).toBe(etag)
    expect(response.headers.has('content-type')).toBe(false)
  })

  it('is sent to a caller who has another ETag', async () => {
    expect((await app.request('/', { headers: { 'If-None-Match': '"other"' } })).status).toBe(200)
  })
})
