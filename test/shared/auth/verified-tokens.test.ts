import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTokenVerifier } from '../../../shared/auth/tokens.ts'
import { startIssuer } from '../../support/tokens.ts'

const start = Date.parse('2026-11-23T12:00:00Z')
let time = start
const issuer = await startIssuer(() => new Date(time))
afterAll(() => issuer.close())
beforeEach(() => {
  time = start
})

const seconds = start / 1000
const unauthenticated = { code: 'unauthenticated' }

/** How often a signature was verified meanwhile. */
async function verifications(work: () => Promise<unknown>): Promise<number> {
  const verify = vi.spyOn(crypto.subtle, 'verify')
  try {
    await work()
    return verify.mock.calls.length
  } finally {
    verify.mockRestore()
  }
}

describe('a token that was verified', () => {
  it('is verified once', async () => {
    const verify = createTokenVerifier(issuer.config)
    const token = `Bearer ${await issuer.token({ email: 'ada@example.com', email_verified: true })}`
    const principals: unknown[] = []
    const count = await verifications(async () => {
      for (let turn = 0; turn < 5; turn++) principals.push(await verify(token))
    })
    expect(count).toBe(1)
    expect(principals).toEqual(principals.map(() => principals[0]))
    expect(principals[0]).toMatchObject({ kind: 'login', email: 'ada@example.com' })
  })

  it('expires to the second when it would have', async () => {
    const verify = createTokenVerifier(issuer.config)
    const token = `Bearer ${await issuer.token({ exp: seconds + 60 })}`
    await verify(token)
    time = (seconds + 90) * 1000 - 1
    expect(await verify(token)).toMatchObject({ kind: 'login' })
    time += 1
    await expect(verify(token)).rejects.toMatchObject(unauthenticated)
    await expect(createTokenVerifier(issuer.config)(token)).rejects.toMatchObject(unauthenticated)
  })

  it('is verified again where time went back', async () => {
    const verify = createTokenVerifier(issuer.config)
    const token = `Bearer ${await issuer.token()}`
    await verify(token)
    time -= 60_000
    await expect(verify(token)).rejects.toMatchObject(unauthenticated)
  })

  it('makes no other token good', async () => {
    const verify = createTokenVerifier(issuer.config)
    const token = await issuer.token()
    await verify(`Bearer ${token}`)
    const [head = '', payload = '', signature = ''] = token.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const forged = Buffer.from(JSON.stringify({ ...claims, scope: 'operator' })).toString('base64url')
    const flipped = signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))
    for (const other of [`${head}.${forged}.${signature}`, `${head}.${payload}.${flipped}`])
      await expect(verify(`Bearer ${other}`)).rejects.toMatchObject(unauthenticated)
  })

  it('is one of a thousand, of which those used last are kept', async () => {
    const verify = createTokenVerifier(issuer.config)
    const tokens = await Promise.all(
      Array.from({ length: 1001 }, async () => `Bearer ${await issuer.token()}`),
    )
    const [first = '', second = '', ...others] = tokens
    await verify(first)
    await verify(second)
    for (const token of others.slice(0, -1)) await verify(token)
    const again = await verifications(() => verify(first))
    await verify(others.at(-1))
    expect([
      again,
      await verifications(() => verify(first)),
      await verifications(() => verify(second)),
    ]).toEqual([0, 0, 1])
  })
})

/** All characters of base64url, by their value. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

describe('a token whose base64url is not canonical', () => {
  it('is refused: of each part only the text that encodes its bytes is good', async () => {
    const verify = createTokenVerifier(issuer.config)
    const token = await issuer.token({ padding: 'x' })
    const parts = token.split('.')
    let tried = 0
    for (const [place, part] of parts.entries()) {
      const bytes = Buffer.from(part, 'base64url')
      for (const last of alphabet) {
        const other = part.slice(0, -1) + last
        const isSame = Buffer.from(other, 'base64url').equals(bytes)
        if (other === part || !isSame) continue
        tried++
        const spelled = parts.with(place, other).join('.')
        await expect(verify(`Bearer ${spelled}`)).rejects.toMatchObject(unauthenticated)
      }
    }
    expect(tried).toBeGreaterThan(0)
    expect(await verify(`Bearer ${token}`)).toMatchObject({ kind: 'login' })
  })

  it.each([
    ['padding', (token: string) => `${token}==`],
    [
      'the characters of base64',
      (token: string) => token.replace(/\.[^.]+\./, (part) => part.replace(/.\.$/, '+.')),
    ],
    ['a character too many', (token: string) => `${token}A`],
    ['a part too many', (token: string) => `${token}.`],
  ])('is refused with %s', async (_what, spell) => {
    const verify = createTokenVerifier(issuer.config)
    await expect(verify(`Bearer ${spell(await issuer.token())}`)).rejects.toMatchObject(unauthenticated)
  })

  it('is refused whatever the lengths of the parts', async () => {
    const verify = createTokenVerifier(issuer.config)
    for (let length = 0; length < 9; length++)
      expect(await verify(`Bearer ${await issuer.token({ padding: 'x'.repeat(length) })}`)).toBeTruthy()
  })
})
