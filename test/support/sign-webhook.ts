import {
  createHmac,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto'

export type WebhookRequest = {
  headers: { 'webhook-id': string; 'webhook-timestamp': string; 'webhook-signature': string }
  body: Uint8Array
}

export function newWebhookSecret(bytes = 32): string {
  return `whsec_${randomBytes(bytes).toString('base64')}`
}

/** A pair for `v1a`: the `whpk_` secret that a source is configured with, and what the sender signs with. */
export function newWebhookKeyPair(): { secret: string; privateKey: KeyObject } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
  return { secret: `whpk_${raw.toString('base64')}`, privateKey }
}

/** The private key of a `whsk_` text: base64 of the 32 bytes of the private key, then those of the public one. */
export function webhookPrivateKey(whsk: string): KeyObject {
  const raw = Buffer.from(whsk.slice('whsk_'.length), 'base64')
  const [d, x] = [raw.subarray(0, 32), raw.subarray(32)].map((part) => part.toString('base64url'))
  return createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', d: d ?? '', x: x ?? '' }, format: 'jwk' })
}

/** One signature: `v1` by a `whsec_` text, `v1a` by a private key. */
export function webhookSignature(
  key: string | KeyObject,
  id: string,
  timestamp: number | string,
  body: Uint8Array | string,
): string {
  const content = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), Buffer.from(body)])
  if (typeof key !== 'string') return `v1a,${sign(null, content, key).toString('base64')}`
  const secret = Buffer.from(key.slice('whsec_'.length), 'base64')
  return `v1,${createHmac('sha256', secret).update(content).digest('base64')}`
}

/** A signed delivery as its sender posts it. */
export function signWebhook(
  key: string | KeyObject,
  id: string,
  at: Date,
  body: Uint8Array | string,
): WebhookRequest {
  const timestamp = Math.floor(at.getTime() / 1000)
  return {
    headers: {
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': webhookSignature(key, id, timestamp, body),
    },
    body: Buffer.from(body),
  }
}
