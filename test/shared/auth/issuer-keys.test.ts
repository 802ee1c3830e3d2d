import { request, type RequestOptions } from 'node:http'
import https from 'node:https'
import { exportJWK, generateKeyPair } from 'jose'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { issuerKeys } from '../../../shared/auth/issuer-keys.ts'
import { createTokenVerifier } from '../../../shared/auth/tokens.ts'
import { startIssuer, type TestIssuer, type TokenHeader } from '../../support/tokens.ts'

const discovery = '/.well-known/openid-configuration'
const unavailable = { code: 'unavailable' }
let issuer: TestIssuer

beforeEach(async () => {
  issuer = await startIssuer(undefined, ['ES256', 'EdDSA'])
})
afterEach(() => issuer.close())

describe('the issuer', () => {
  it('gets no request before a token needs a key, then once', async () => {
    const verify = createTokenVerifier(issuer.config)
    await expect(verify('Bearer nonsense')).rejects.toMatchObject({ code: 'unauthenticated' })
    expect(issuer.requests(discovery)).toBe(0)
    const token = await issuer.token()
    await Promise.all(Array.from({ length: 10 }, () => verify(`Bearer ${token}`)))
    await verify(`Bearer ${token}`)
    expect([issuer.requests(discovery), issuer.requests('/jwks')]).toEqual([1, 1])
  })

  it('gets no request for every made-up key id', async () => {
    const verify = createTokenVerifier(issuer.config)
    for (const kid of ['x1', 'x2', 'x3']) {
      const verifying = verify(`Bearer ${await issuer.token({}, { kid })}`)
      await expect(verifying).rejects.toMatchObject({ code: 'unauthenticated' })
    }
    expect(issuer.requests('/jwks')).toBe(1)
  })

  it('is asked for its keys only where their address is configured', async () => {
    const verify = createTokenVerifier({ ...issuer.config, jwksUri: `${issuer.url}/jwks` })
    expect(await verify(`Bearer ${await issuer.token()}`)).toMatchObject({ kind: 'login' })
    expect(issuer.requests(discovery)).toBe(0)
  })

  it.each<[string, string, number, string]>([
    ['fails', discovery, 500, ''],
    ['answers no JSON', discovery, 200, '<html>'],
    ['answers null', discovery, 200, 'null'],
    ['redirects', discovery, 302, ''],
    ['has moved its keys', discovery, 200, '{"jwks_uri":"/old"}'],
    ['fails', '/jwks', 503, ''],
    ['answers no keys', '/jwks', 200, '{}'],
    ['answers no JSON', '/jwks', 200, 'no'],
  ])('that %s at %s makes the service unavailable, until it recovers', async (_case, path, status, body) => {
    const verify = createTokenVerifier(issuer.config)
    const token = await issuer.token()
    const moved = { issuer: issuer.url, jwks_uri: `${issuer.url}/old` }
    issuer.answer(path, { status, body: body.includes('/old') ? JSON.stringify(moved) : body })
    await expect(verify(`Bearer ${token}`)).rejects.toMatchObject(unavailable)
    issuer.answer(path, undefined)
    expect(await verify(`Bearer ${token}`)).toMatchObject({ kind: 'login' })
  })

  it('is not trusted where discovery redirects or is of another issuer', async () => {
    const verify = createTokenVerifier(issuer.config)
    const token = await issuer.token()
    const own = { issuer: issuer.url, jwks_uri: `${issuer.url}/jwks` }
    issuer.answer('/elsewhere', { status: 200, body: JSON.stringify(own) })
    issuer.answer(discovery, { status: 302, body: '', location: `${issuer.url}/elsewhere` })
    await expect(verify(`Bearer ${token}`)).rejects.toMatchObject(unavailable)
    issuer.answer(discovery, { status: 200, body: JSON.stringify({ ...own, issuer: `${issuer.url}/` }) })
    await expect(verify(`Bearer ${token}`)).rejects.toMatchObject(unavailable)
  })

  it('that is gone makes the service unavailable, without a reason in the error', async () => {
    const verify = createTokenVerifier({ ...issuer.config, issuer: 'http://127.0.0.1:1' })
    const error: unknown = await verify(`Bearer ${await issuer.token()}`).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject(unavailable)
    expect(String(error)).not.toMatch(/127\.0\.0\.1|ECONN|fetch/)
  })

  it('with several keys of one algorithm is tried with each where the token names none', async () => {
    const keys = await Promise.all([1, 2, 3].map(() => generateKeyPair('ES256')))
    const published = await Promise.all(keys.slice(0, 2).map(({ publicKey }) => exportJWK(publicKey)))
    issuer.answer('/jwks', { status: 200, body: JSON.stringify({ keys: published }) })
    const verify = createTokenVerifier(issuer.config)
    const tokens = keys.map(({ privateKey }) => issuer.token({}, { kid: null, key: privateKey }))
    const [first, second, stranger] = await Promise.allSettled(
      tokens.map(async (token) => verify(`Bearer ${await token}`)),
    )
    expect([first?.status, second?.status]).toEqual(['fulfilled', 'fulfilled'])
    expect(stranger).toMatchObject({ status: 'rejected', reason: { code: 'unauthenticated' } })
    expect(stranger).toHaveProperty('reason.message', expect.stringMatching(/signature/))
  })

  it('over https is not trusted with keys on plain http', async () => {
    const { hostname: host, port } = new URL(issuer.url)
    const body = { issuer: 'https://issuer.test', jwks_uri: `${issuer.url}/jwks` }
    issuer.answer(discovery, { status: 200, body: JSON.stringify(body) })
    const secure = vi.spyOn(https, 'request').mockImplementation((options) => {
      const { method, path } = options as RequestOptions
      return request({ method, path, host, port })
    })
    try {
      const keys = issuerKeys('https://issuer.test', () => new Date())
      await expect(keys({ alg: 'ES256' }, { payload: '', signature: '' })).rejects.toMatchObject(unavailable)
      expect([secure.mock.calls.length, issuer.requests(discovery), issuer.requests('/jwks')]).toEqual([
        1, 1, 0,
      ])
    } finally {
      secure.mockRestore()
    }
  })
})

describe('keys', () => {
  const minute = 60_000
  let time = 0
  const clock = () => new Date(time)
  let keep: TestIssuer
  beforeEach(async () => {
    time = Date.parse('2026-11-23T12:00:00Z')
    keep = await startIssuer(clock, ['ES256'])
  })
  afterEach(() => keep.close())
  const verifier = () => {
    const verify = createTokenVerifier(keep.config)
    return async (header?: TokenHeader) => verify(`Bearer ${await keep.token({}, header)}`)
  }
  const rejected = { code: 'unauthenticated' }

  it('are fetched once more for a flood of key ids that nobody knows, and once half a minute later', async () => {
    const verify = verifier()
    await verify()
    const flood = () =>
      Promise.allSettled(Array.from({ length: 50 }, (_, each) => verify({ kid: `${time} ${each}` })))
    await flood()
    expect(keep.requests('/jwks')).toBe(1)
    for (const [, fetched] of [1, 2].entries()) {
      time += 31_000
      const outcomes = await flood()
      expect(outcomes).toEqual(
        outcomes.map(() => expect.objectContaining({ reason: expect.objectContaining(rejected) })),
      )
      expect(keep.requests('/jwks')).toBe(1 + fetched)
    }
  })

  it('that are new are found by their id, after half a minute at most', async () => {
    const verify = verifier()
    await verify()
    const { publicKey, privateKey } = await generateKeyPair('ES256')
    const body = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'new' }] })
    keep.answer('/jwks', { status: 200, body })
    await expect(verify({ kid: 'new', key: privateKey })).rejects.toMatchObject(rejected)
    time += 31_000
    expect(await verify({ kid: 'new', key: privateKey })).toMatchObject({ kind: 'login' })
  })

  it('are kept for an hour while the issuer does not answer, which is asked every half minute', async () => {
    const verify = verifier()
    await verify()
    keep.answer('/jwks', { status: 500, body: '' })
    for (let minutes = 1; minutes < 60; minutes++) {
      time += minute
      expect(await verify()).toMatchObject({ kind: 'login' })
      expect(await verify()).toMatchObject({ kind: 'login' })
    }
    expect(keep.requests('/jwks')).toBe(1 + 50)
    time += minute
    await expect(verify()).rejects.toMatchObject(unavailable)
    keep.answer('/jwks', undefined)
    time += minute
    expect(await verify()).toMatchObject({ kind: 'login' })
  })

  it('that could not be fetched may be the ones that are missing', async () => {
    const verify = verifier()
    await verify()
    keep.answer('/jwks', { status: 500, body: '' })
    time += minute
    await expect(verify({ kid: 'new' })).rejects.toMatchObject(unavailable)
    await expect(verify({ kid: 'new' })).rejects.toMatchObject(unavailable)
    expect(keep.requests('/jwks')).toBe(2)
  })

  it('that were withdrawn verify nothing after ten minutes, tokens that were verified before included', async () => {
    const verify = createTokenVerifier(keep.config)
    const token = `Bearer ${await keep.token({ exp: time / 1000 + 3600 })}`
    await verify(token)
    const { publicKey } = await generateKeyPair('ES256')
    keep.answer('/jwks', { status: 200, body: JSON.stringify({ keys: [await exportJWK(publicKey)] }) })
    time += 10 * minute - 1
    expect(await verify(token)).toMatchObject({ kind: 'login' })
    time += 1
    await expect(verify(token)).rejects.toMatchObject(rejected)
  })
})
