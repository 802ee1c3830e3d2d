import { createHmac } from 'node:crypto'

/** The three headers of Standard Webhooks 1.0.0, signed with HMAC-SHA256 (`v1`). `secret` begins with `whsec_`. */
export function signDelivery(secret: string, id: string, body: string, now: Date): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1000))
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
}
