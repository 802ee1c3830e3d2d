import { generateKeyPairSync } from 'node:crypto'
import { calculateJwkThumbprint } from 'jose'
import { expect, test } from 'vitest'
import { createReportKeys } from '../../../../shared/reviews/report/keys.ts'
import { verifyReport } from '../../../../shared/reviews/report/verify-report.ts'
import { newKey, render, signedAt } from './reports.ts'

const [first, second] = [newKey(), newKey()]
const keysOf = (text: string) =>
  createReportKeys(
    async () => text,
    () => signedAt,
  )
const keysIn = (content: unknown) => keysOf(JSON.stringify(content))

test('the first key signs, and all of them verify', async () => {
  const keys = keysIn({ keys: [first, second] })
  const earlier = keysIn({ keys: [second] })
  const jwks = await keys.jwks()
  const ids = await Promise.all([first, second].map(async (key) => calculateJwkThumbprint(key)))
  expect(jwks.keys.map(({ kid }) => kid)).toEqual(ids)
  const iat = signedAt.getTime() / 1000
  for (const [{ signer }, keyId] of [
    [keys, ids[0]],
    [earlier, ids[1]],
  ] as const) {
    const file = await render('csv', { sign: await signer() })
    expect(await verifyReport(file, jwks)).toMatchObject({ ok: true, keyId, signed: { iat } })
  }
})

test('nothing private is published, whatever fields the keys have', async () => {
  const key = { ...first, kid: 'mine', alg: 'RS256', use: 'enc', key_ops: ['sign'], note: 'secret' }
  const { keys } = await keysIn({ keys: [key] }).jwks()
  const kid = await calculateJwkThumbprint(first)
  expect(keys).toEqual([{ kty: 'OKP', crv: 'Ed25519', x: first.x, kid, alg: 'EdDSA', use: 'sig' }])
})

test.each([{}, { keys: [] }])('without keys, as in %j, nothing is signed or published', async (content) => {
  const keys = keysIn(content)
  expect(await keys.jwks()).toEqual({ keys: [] })
  await expect(keys.signer()).rejects.toMatchObject({ code: 'unavailable' })
})

test('other keys are ignored, and an invalid set is an error that reveals nothing of it', async () => {
  const refusal = /^the keys of reports are not a set of private Ed25519 keys$/
  const { publicKey } = generateKeyPairSync('ed25519')
  const { privateKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const others = [publicKey.export({ format: 'jwk' }), rsa.export({ format: 'jwk' })]
  for (const wrong of [...others, { ...first, d: 'short' }, 'x', 7, [], null]) {
    const { signer, jwks } = keysIn({ keys: [wrong, first, wrong] })
    const { keys } = await jwks()
    expect(keys.map(({ x }) => x)).toEqual([first.x])
    const file = await render('csv', { sign: await signer() })
    expect(await verifyReport(file, { keys })).toMatchObject({ ok: true })
    await expect(keysIn({ keys: [wrong] }).signer()).rejects.toMatchObject({ code: 'unavailable' })
  }
  for (const wrong of [{ keys: 'x' }, null, 'secret'])
    await expect(keysIn(wrong).jwks()).rejects.toThrow(refusal)
  for (const text of ['', '{"keys":[', 'secret']) await expect(keysOf(text).jwks()).rejects.toThrow(refusal)
})

test('keys are read when first needed, and again after five minutes', async () => {
  let time = signedAt.getTime()
  let read = 0
  const contents = [JSON.stringify({ keys: [first] }), '{}']
  const keys = createReportKeys(
    async () => contents[read++] ?? '',
    () => new Date(time),
  )
  expect(read).toBe(0)
  await keys.jwks()
  await keys.signer()
  time += 299_999
  expect([(await keys.jwks()).keys.length, read]).toEqual([1, 1])
  time += 1
  expect([(await keys.jwks()).keys.length, read]).toEqual([0, 2])
})
