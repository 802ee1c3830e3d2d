import * as fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { createWebhookVerifier, type WebhookSources } from '../../../shared/auth/webhook-signature.ts'
import {
  newWebhookKeyPair,
  newWebhookSecret,
  signWebhook,
  webhookPrivateKey,
  webhookSignature,
} from '../../support/sign-webhook.ts'

const now = new Date('2026-11-23T12:00:00.700Z')
const seconds = Math.floor(now.getTime() / 1000)
const secret = newWebhookSecret()
const pair = newWebhookKeyPair()
const body = Buffer.from('{"type":"customer.created","timestamp":"2026-11-23T12:00:00Z","data":{"näme":"☃"}}')
const sources: WebhookSources = { orders: { secrets: [secret] }, shop: { secrets: [pair.secret] } }
const verify = createWebhookVerifier(sources, () => now)

function headers(signature: string, { id = 'msg_1', timestamp = `${seconds}` } = {}) {
  return { id, timestamp, signature }
}
const v1 = webhookSignature(secret, 'msg_1', seconds, body)
const v1a = webhookSignature(pair.privateKey, 'msg_1', seconds, body)

describe('interoperability', () => {
  it('accepts what the reference library signs', () => {
    const signature = new Webhook(secret).sign('msg_1', now, body)
    expect(signature).toBe(v1)
    expect(verify('orders', headers(signature), body)).toBe(true)
  })

  it('signs in tests what the reference library accepts', () => {
    const signed = signWebhook(secret, 'msg_1', new Date(), body)
    expect(new Webhook(secret).verify(body, signed.headers)).toMatchObject({ type: 'customer.created' })
  })

  // Svix, whose scheme became the specification: server/svix-server, test_asymmetric_key_signing.
  it('accepts and makes the published v1a signature', () => {
    const pairText =
      '6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=='
    const published =
      'v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=='
    const [id, timestamp, text] = ['msg_p5jXN8AQM9LWM0D4loKWxJek', '1614265330', '{"test": 2432232314}']
    expect(webhookSignature(webhookPrivateKey(`whsk_${pairText}`), id, timestamp, text)).toBe(published)
    const svix = { secrets: ['whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4='] }
    const verifySvix = createWebhookVerifier({ svix }, () => new Date(Number(timestamp) * 1000))
    expect(verifySvix('svix', { id, timestamp, signature: published }, Buffer.from(text))).toBe(true)
    expect(verifySvix('svix', { id, timestamp, signature: published }, Buffer.from(`${text} `))).toBe(false)
  })

  // The specification's own example of v1.
  it('accepts the published v1 signature', () => {
    const source = { secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'] }
    const verifyExample = createWebhookVerifier({ source }, () => new Date(1614265330 * 1000))
    const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    const given = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: '1614265330', signature }
    expect(verifyExample('source', given, Buffer.from('{"test": 2432232314}'))).toBe(true)
  })
})

describe('a signed delivery', () => {
  it('passes with v1 and with v1a, each for a secret of its kind', () => {
    expect(verify('orders', headers(v1), body)).toBe(true)
    expect(verify('shop', headers(v1a), body)).toBe(true)
    expect(verify('shop', headers(v1), body)).toBe(false)
    expect(verify('orders', headers(v1a), body)).toBe(false)
  })

  it('passes if any signature of the list is valid', () => {
    const other = webhookSignature(newWebhookSecret(), 'msg_1', seconds, body)
    const foreign = webhookSignature(newWebhookKeyPair().privateKey, 'msg_1', seconds, body)
    expect(verify('orders', headers(`${other} v2,abc v1a,!! nonsense ${foreign} ${v1}`), body)).toBe(true)
    expect(verify('shop', headers(`${v1a} ${other}`), body)).toBe(true)
    expect(verify('orders', headers(`${other} ${foreign}`), body)).toBe(false)
  })

  it('passes with either secret during a rotation, also from one kind to the other', () => {
    const next = newWebhookSecret()
    const rotating = createWebhookVerifier(
      { orders: { secrets: [secret, next] }, shop: { secrets: [pair.secret, secret] } },
      () => now,
    )
    expect(rotating('orders', headers(v1), body)).toBe(true)
    expect(rotating('orders', headers(webhookSignature(next, 'msg_1', seconds, body)), body)).toBe(true)
    expect(rotating('shop', headers(v1), body)).toBe(true)
    expect(rotating('shop', headers(v1a), body)).toBe(true)
  })

  it('passes with a body that is not text', () => {
    const bytes = Uint8Array.of(0, 255, 254, 0x7b, 0x80)
    expect(verify('orders', headers(webhookSignature(secret, 'msg_1', seconds, bytes)), bytes)).toBe(true)
    const empty = new Uint8Array()
    expect(verify('orders', headers(webhookSignature(secret, 'msg_1', seconds, empty)), empty)).toBe(true)
  })

  it.each([-300, -299, 0, 299, 300])('passes %i seconds from now', (offset) => {
    const timestamp = `${seconds + offset}`
    const signature = webhookSignature(secret, 'msg_1', timestamp, body)
    expect(verify('orders', headers(signature, { timestamp }), body)).toBe(true)
  })
})

describe('a delivery is rejected', () => {
  it.each([-360, -301, 301, 360])('%i seconds from now', (offset) => {
    const timestamp = `${seconds + offset}`
    for (const [source, key] of [
      ['orders', secret],
      ['shop', pair.privateKey],
    ] as const) {
      const signature = webhookSignature(key, 'msg_1', timestamp, body)
      expect(verify(source, headers(signature, { timestamp }), body)).toBe(false)
    }
  })

  it.each(
    [
      ['', ' ', 'abc', '0', '-1', '1e9', '0x6922', 'NaN', 'Infinity', '9'.repeat(400), now.toISOString()],
      [`${seconds}.0`, `${seconds}.5`, ` ${seconds}`, `${seconds} `, `0${seconds}`, `+${seconds}`],
    ].flat(),
  )('with the timestamp %j, though signed', (timestamp) => {
    const signature = webhookSignature(secret, 'msg_1', timestamp, body)
    expect(verify('orders', headers(signature, { timestamp }), body)).toBe(false)
  })

  it('without any of the three headers', () => {
    for (const missing of ['id', 'timestamp', 'signature']) {
      for (const value of [undefined, '']) {
        expect(verify('orders', { ...headers(v1), [missing]: value }, body)).toBe(false)
      }
    }
  })

  it('if the signature is cut, padded, of another version or case', () => {
    const bare = v1.slice(3)
    const malformed = [
      [v1.slice(0, -1), v1.slice(0, 20), `${v1}A`, `${v1}=`, `${v1},`, `${v1}, ${v1},`, v1a.slice(0, -4)],
      [`V1,${bare}`, `v1a,${bare}`, `v2,${bare}`, bare, `,${bare}`, `v1,${v1}`, 'v1,', `v1 ${bare}`],
    ].flat()
    for (const source of ['orders', 'shop']) {
      expect(malformed.filter((signature) => verify(source, headers(signature), body))).toEqual([])
    }
  })

  it('if signed for another id, timestamp, body or with another secret', () => {
    for (const [source, key, other] of [
      ['orders', secret, newWebhookSecret()],
      ['shop', pair.privateKey, newWebhookKeyPair().privateKey],
    ] as const) {
      for (const signature of [
        webhookSignature(key, 'msg_2', seconds, body),
        webhookSignature(key, 'msg_1', seconds - 1, body),
        webhookSignature(key, 'msg_1', seconds, `${body.toString()} `),
        webhookSignature(other, 'msg_1', seconds, body),
      ]) {
        expect(verify(source, headers(signature), body)).toBe(false)
      }
    }
  })

  it('if the same bytes are split otherwise', () => {
    const text = `${seconds}.rest`
    const signature = webhookSignature(secret, 'msg', seconds, text)
    expect(verify('orders', headers(signature, { id: 'msg' }), Buffer.from(text))).toBe(true)
    expect(verify('orders', headers(signature, { id: `msg.${seconds}` }), Buffer.from('rest'))).toBe(false)
  })

  it('of an unknown source, one named like a property of every object, or another known one', () => {
    const empty = webhookSignature('whsec_', 'msg_1', seconds, body)
    const others = ['unknown', '', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'Orders', 'shop']
    for (const signature of [v1, empty]) {
      expect(others.filter((source) => verify(source, headers(signature), body))).toEqual([])
    }
    expect(createWebhookVerifier({}, () => now)('orders', headers(v1), body)).toBe(false)
  })

  it('if the valid signature comes after more than any sender needs', () => {
    const noise = Array.from({ length: 8 }, () =>
      webhookSignature(newWebhookSecret(), 'msg_1', seconds, body),
    )
    expect(verify('orders', headers([...noise.slice(1), v1].join(' ')), body)).toBe(true)
    expect(verify('orders', headers([...noise, v1].join(' ')), body)).toBe(false)
  })

  it('if a single bit of anything differs', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: body.length - 1 }),
        fc.nat({ max: 7 }),
        fc.boolean(),
        (at, bit, symmetric) => {
          const changed = Buffer.from(body)
          changed.writeUInt8(changed.readUInt8(at) ^ (1 << bit), at)
          const [source, signature] = symmetric ? ['orders', v1] : ['shop', v1a]
          expect(verify(source, headers(signature), changed)).toBe(false)
          const bytes = Buffer.from(signature.slice(signature.indexOf(',') + 1), 'base64')
          const place = at % bytes.length
          bytes.writeUInt8(bytes.readUInt8(place) ^ (1 << bit), place)
          const forged = `${symmetric ? 'v1' : 'v1a'},${bytes.toString('base64')}`
          expect(verify(source, headers(forged), body)).toBe(false)
        },
      ),
    )
  })
})
