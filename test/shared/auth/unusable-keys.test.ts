import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTokenVerifier } from '../../../shared/auth/tokens.ts'
import { usableKeys } from '../../../shared/auth/usable-keys.ts'
import { startIssuer, type TestIssuer } from '../../support/tokens.ts'

const algorithms = ['ES256', 'RS256', 'EdDSA'] as const
let issuer: TestIssuer
let good: JWK[] = []
beforeAll(async () => {
  issuer = await startIssuer(undefined, [...algorithms])
  good = ((await (await fetch(`${issuer.url}/jwks`)).json()) as { keys: JWK[] }).keys
})
afterAll(() => issuer.close())

const keyOf = (alg: string): JWK => good.find((key) => key.alg === alg) ?? {}
const publicJwk = (key: KeyObject) => key.export({ format: 'jwk' }) as JWK
const bytes = (length: number, fill = 0xab) => Buffer.alloc(length, fill).toString('base64url')
const number = (hex: string) => Buffer.from(hex, 'hex').toString('base64url')
const weak = generateKeyPairSync('rsa', { modulusLength: 1024 })
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const secp256k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
const rsaKey = () => publicJwk(rsa.publicKey)
const zeros = '00'.repeat(200)
const x25519 = generateKeyPairSync('x25519')

/** Published keys that can't verify anything, with the algorithm of the good key that each stands beside. */
const unusable: [what: string, alg: string, key: () => unknown][] = [
  ['RSA of 1,024 bits', 'RS256', () => publicJwk(weak.publicKey)],
  ['RSA of 2,047 bits', 'RS256', () => ({ kty: 'RSA', e: 'AQAB', n: number(`7f${'ff'.repeat(255)}`) })],
  ['RSA of 1,024 bits after zeros', 'RS256', () => ({ ...rsaKey(), n: number(zeros + 'ff'.repeat(128)) })],
  ['RSA of 20,000 bits', 'RS256', () => ({ kty: 'RSA', e: 'AQAB', n: bytes(2500) })],
  ['RSA with an even modulus', 'RS256', () => ({ kty: 'RSA', e: 'AQAB', n: number('fe'.repeat(256)) })],
  ['RSA with the exponent 1', 'RS256', () => ({ ...rsaKey(), e: 'AQ' })],
  ['RSA with the exponent 0', 'RS256', () => ({ ...rsaKey(), e: 'AA' })],
  ['RSA with an even exponent', 'RS256', () => ({ ...rsaKey(), e: 'AQAC' })],
  ['RSA with a huge exponent', 'RS256', () => ({ ...rsaKey(), e: bytes(255) })],
  ['RSA without an exponent', 'RS256', () => ({ kty: 'RSA', n: publicJwk(rsa.publicKey).n })],
  ['RSA with a modulus that is no text', 'RS256', () => ({ kty: 'RSA', e: 'AQAB', n: 7 })],
  ['RSA with a modulus that is no base64url', 'RS256', () => ({ ...rsaKey(), n: '+/'.repeat(171) })],
  ['RSA with padding', 'RS256', () => ({ ...rsaKey(), n: `${rsaKey().n}==` })],
  ['a private key', 'RS256', () => rsa.privateKey.export({ format: 'jwk' })],
  ['a private key of a curve', 'ES256', () => ({ ...keyOf('ES256'), d: bytes(32) })],
  ['a secret', 'RS256', () => ({ kty: 'oct', k: bytes(32), alg: 'HS256' })],
  ['a secret in the name of RSA', 'RS256', () => ({ ...keyOf('RS256'), k: bytes(32) })],
  ['another kind', 'RS256', () => ({ kty: 'XYZ', n: bytes(256), e: 'AQAB' })],
  ['no kind', 'ES256', () => ({ crv: 'P-256', x: bytes(32), y: bytes(32) })],
  ['a kind that is no text', 'ES256', () => ({ ...keyOf('ES256'), kty: ['EC'] })],
  ['a point that is on no curve', 'ES256', () => ({ kty: 'EC', crv: 'P-256', x: bytes(32), y: bytes(32) })],
  ['a point that is too short', 'ES256', () => ({ ...keyOf('ES256'), x: bytes(31) })],
  ['a point of a longer curve', 'ES256', () => ({ ...keyOf('ES256'), crv: 'P-384' })],
  ['half a point', 'ES256', () => ({ ...keyOf('ES256'), y: undefined })],
  ['another curve', 'ES256', () => publicJwk(secp256k1.publicKey)],
  ['a curve for agreeing on keys', 'EdDSA', () => publicJwk(x25519.publicKey)],
  ['a point of Ed25519 that is too long', 'EdDSA', () => ({ kty: 'OKP', crv: 'Ed25519', x: bytes(33) })],
  ['an algorithm for encryption', 'RS256', () => ({ ...keyOf('RS256'), alg: 'RSA-OAEP' })],
  ['an algorithm of another kind', 'RS256', () => ({ ...keyOf('RS256'), alg: 'ES256' })],
  ['an algorithm of secrets', 'RS256', () => ({ ...keyOf('RS256'), alg: 'HS256' })],
  ['an algorithm that is no text', 'RS256', () => ({ ...keyOf('RS256'), alg: ['RS256'] })],
  ['a use for encryption', 'ES256', () => ({ ...keyOf('ES256'), use: 'enc' })],
  ['a use that is no text', 'ES256', () => ({ ...keyOf('ES256'), use: null })],
  ['operations that fit not', 'ES256', () => ({ ...keyOf('ES256'), key_ops: ['encrypt'] })],
  ['operations said twice', 'ES256', () => ({ ...keyOf('ES256'), key_ops: ['verify', 'verify'] })],
  ['operations that are no list', 'ES256', () => ({ ...keyOf('ES256'), key_ops: 'verify' })],
  ['an id that is no text', 'ES256', () => ({ ...keyOf('ES256'), kid: 7 })],
  ['nothing', 'ES256', () => null],
  ['a list', 'ES256', () => []],
  ['a text', 'ES256', () => 'key'],
]

/** Verifies a token with these keys published. Returns the principal's kind, or the error's code. */
async function outcomeOf(keys: readonly unknown[], token: string) {
  issuer.answer('/jwks', { status: 200, body: JSON.stringify({ keys }) })
  try {
    const { kind } = await createTokenVerifier(issuer.config)(`Bearer ${token}`)
    return kind
  } catch (error) {
    return (error as { code?: string }).code
  }
}

const named = (key: unknown, kid: string) => {
  if (typeof key !== 'object' || key === null || Array.isArray(key) || ('kid' in key && key.kid === 7))
    return key
  return { ...key, kid }
}

describe.each(unusable)('%s among the keys', (_what, alg, key) => {
  it('is ignored, and tokens of the others pass, with an id and without', async () => {
    for (const kid of ['another', alg]) {
      const bad = named(key(), kid)
      for (const tokenKid of [alg, null]) {
        const token = await issuer.token({}, { alg, kid: tokenKid })
        expect(await outcomeOf([bad, ...good], token)).toBe('login')
        expect(await outcomeOf([...good, bad], token)).toBe('login')
      }
    }
  })

  it('alone makes a token that names it unauthenticated, and nothing else', async () => {
    const bad = named(key(), 'bad')
    for (const kid of ['bad', null])
      expect(await outcomeOf([bad], await issuer.token({}, { alg, kid }))).toBe('unauthenticated')
  })
})

describe('a token', () => {
  it('signed by a weak key that is published is rejected', async () => {
    const content = `${encoded({ alg: 'RS256', typ: 'at+jwt', kid: 'weak' })}.${(await issuer.token()).split('.')[1]}`
    const signature = sign('sha256', Buffer.from(content), weak.privateKey).toString('base64url')
    const keys = [{ ...publicJwk(weak.publicKey), kid: 'weak' }, ...good]
    expect(await outcomeOf(keys, `${content}.${signature}`)).toBe('unauthenticated')
  })

  it('of a key whose id others have as well passes', async () => {
    const others = [1, 2, 3].map(() => ({
      ...publicJwk(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey),
      kid: 'ES256',
    }))
    expect(await outcomeOf([...others, ...good], await issuer.token())).toBe('login')
  })

  it('of a key that has no id, or fewer or more members, passes', async () => {
    const { kty, crv, x, y } = keyOf('ES256')
    const bare = { kty, crv, x, y }
    const more = { ...bare, ext: 'yes', x5c: 7, note: {} }
    for (const key of [bare, more, { ...bare, key_ops: ['sign', 'verify'] }])
      expect(await outcomeOf([key], await issuer.token({}, { kid: null }))).toBe('login')
  })

  it('of one of thousands of keys passes by its id, and without one soon comes to an end', async () => {
    const { x, y, kty, crv } = publicJwk(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)
    const many = Array.from({ length: 5_000 }, (_, place) => ({ kty, crv, x, y, kid: `${place}` }))
    expect(await outcomeOf([...many, ...good], await issuer.token())).toBe('login')
    const start = performance.now()
    const nameless = await issuer.token({}, { kid: null })
    expect(await outcomeOf([...many, ...good], nameless)).toBe('unauthenticated')
    expect(performance.now() - start).toBeLessThan(2_000)
  })

  it.each([
    ['too long', JSON.stringify({ keys: [], more: 'x'.repeat(1024 * 1024) })],
    ['a list', '[]'],
    ['keys that are no list', '{"keys":{}}'],
  ])('waits where the key set is %s', async (_what, body) => {
    issuer.answer('/jwks', { status: 200, body })
    const verify = createTokenVerifier(issuer.config)
    await expect(verify(`Bearer ${await issuer.token()}`)).rejects.toMatchObject({ code: 'unavailable' })
  })
})

it('usable keys of every kind are used, with their necessary members only', () => {
  const curves = ['P-256', 'P-384', 'P-521'].map((namedCurve) =>
    publicJwk(generateKeyPairSync('ec', { namedCurve }).publicKey),
  )
  const keys = [...curves, publicJwk(rsa.publicKey), { ...keyOf('EdDSA'), alg: 'Ed25519' }]
  const said = keys.map((key) => ({ ...key, use: 'sig', key_ops: ['verify'], x5c: ['…'], kid: 'k' }))
  expect(usableKeys({ keys: said })).toEqual(keys.map(({ use: _use, ...key }: JWK) => ({ ...key, kid: 'k' })))
})

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
