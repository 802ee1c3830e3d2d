import { describe, expect, it } from 'vitest'
import { keysOfSource, unknownSourceKeys } from '../../../shared/auth/webhook-secrets.ts'
import { createWebhookVerifier } from '../../../shared/auth/webhook-signature.ts'
import { newWebhookKeyPair, newWebhookSecret, webhookSignature } from '../../support/sign-webhook.ts'

const now = new Date('2026-11-23T12:00:00Z')
const seconds = now.getTime() / 1000
const secret = newWebhookSecret()
const pair = newWebhookKeyPair()
const fail = (problem: Error) => {
  throw problem
}

describe('an unknown source', () => {
  it('costs the same work as a known one', () => {
    for (const secrets of [[secret], [pair.secret], [secret, pair.secret], [secret, newWebhookSecret()]]) {
      for (const keys of [keysOfSource('orders', secrets, fail), unknownSourceKeys()]) {
        expect([keys.hmac.length, keys.ed25519.length]).toEqual([2, 2])
      }
    }
    expect(unknownSourceKeys().hmac[0]).not.toEqual(unknownSourceKeys().hmac[0])
  })
})

describe('secrets', () => {
  it.each([24, 32, 64])('of %i bytes are accepted', (bytes) => {
    const own = newWebhookSecret(bytes)
    const verifyOwn = createWebhookVerifier({ orders: { secrets: [own] } }, () => now)
    const body = Buffer.from('{}')
    const signature = webhookSignature(own, 'msg_1', seconds, body)
    expect(verifyOwn('orders', { id: 'msg_1', timestamp: `${seconds}`, signature }, body)).toBe(true)
  })

  const valid = Buffer.alloc(32, 7).toString('base64')
  it.each([
    ['too short', newWebhookSecret(23)],
    ['too long', newWebhookSecret(65)],
    ['without bytes', 'whsec_'],
    ['empty', ''],
    ['without a prefix', valid],
    ['without padding', `whsec_${valid.slice(0, -1)}`],
    ['with a space after', `whsec_${valid} `],
    ['with a space before', `whsec_ ${valid}`],
    ['in base64url', `whsec_${Buffer.alloc(32, 255).toString('base64url')}=`],
    ['with another prefix', `WHSEC_${valid}`],
    ['a public key too short', `whpk_${Buffer.alloc(31).toString('base64')}`],
    ['a public key too long', `whpk_${Buffer.alloc(33).toString('base64')}`],
    ['a pair', `whpk_${Buffer.alloc(64).toString('base64')}`],
    ['a private key', `whsk_${Buffer.alloc(64).toString('base64')}`],
  ])('are refused at once and not told if malformed: %s', (_case, malformed) => {
    let message = ''
    try {
      createWebhookVerifier({ orders: { secrets: [secret, malformed] } }, () => now)
    } catch (error) {
      message = String(error)
    }
    expect(message).toMatch(/source orders: secret 2 is malformed/)
    const told = [malformed, malformed.slice(6), secret].filter(
      (text) => text.length > 6 && message.includes(text),
    )
    expect(told).toEqual([])
  })

  it('must be one or two', () => {
    for (const secrets of [[], [secret, secret, secret]]) {
      expect(() => createWebhookVerifier({ orders: { secrets } }, () => now)).toThrow(/one or two secrets/)
    }
  })

  it('belong to sources whose names can stand in a path and a key', () => {
    for (const name of ['', 'a#b', 'a/b', 'ä', 'a b', 'x'.repeat(65)]) {
      expect(() => createWebhookVerifier({ [name]: { secrets: [secret] } }, () => now)).toThrow(/named by/)
    }
  })
})

const verifierOf = (sources: object, problems: string[]) =>
  createWebhookVerifier(
    sources as Parameters<typeof createWebhookVerifier>[0],
    () => now,
    ({ message }) => void problems.push(message),
  )

describe('malformed secrets of a source, where they are reported,', () => {
  const bad = `whsec_${Buffer.alloc(8, 7).toString('base64')}`
  const body = Buffer.from('{}')
  const isSigned = (
    verify: ReturnType<typeof verifierOf>,
    source: string,
    by: Parameters<typeof webhookSignature>[0],
  ) => {
    const signature = webhookSignature(by, 'msg_1', seconds, body)
    return verify(source, { id: 'msg_1', timestamp: `${seconds}`, signature }, body)
  }

  it.each([
    ['beside a good one', { secrets: [bad, secret] }, true, /secret 1 is malformed/],
    ['all of them', { secrets: [bad, 7] }, false, /secret 1 is malformed.*secret 2 is malformed/s],
    ['too many', { secrets: [secret, secret, secret] }, false, /one or two secrets/],
    ['no list', { secrets: secret }, false, /one or two secrets/],
    ['none', {}, false, /one or two secrets/],
    ['nothing', null, false, /one or two secrets/],
  ])('stop no other: %s', (_what, orders, isGood, told) => {
    const problems: string[] = []
    const verify = verifierOf({ orders, panel: { secrets: [pair.secret] } }, problems)
    expect(isSigned(verify, 'orders', secret)).toBe(isGood)
    expect(isSigned(verify, 'panel', pair.privateKey)).toBe(true)
    expect(problems.join('\n')).toMatch(told)
    expect(problems.join('\n')).not.toContain(secret.slice(6))
  })
})
