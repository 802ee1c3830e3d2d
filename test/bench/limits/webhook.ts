import { createWebhooks } from '../../../functions/webhooks/app.ts'
import { createWebhookVerifier } from '../../../shared/auth/webhook-signature.ts'
import type { Table } from '../../../shared/table/table.ts'
import { newWebhookKeyPair, signWebhook } from '../../support/sign-webhook.ts'
import type { Target } from './target.ts'

const now = () => new Date()

/** The webhook route as an order system in the middle of a rotation uses it. */
export function webhookTarget(table: Table): Target {
  const [pair, other] = [newWebhookKeyPair(), newWebhookKeyPair()]
  const sources = { orders: { secrets: [pair.secret, other.secret] } }
  const verifySignature = createWebhookVerifier(sources, now)
  const app = createWebhooks({ table, verifySignature, now, log: () => {} })
  let count = 0
  const data = { customerId: 'TEN000001', email: 'new@members.example', name: 'New', type: 'customer-tech' }
  const event = { type: 'user.created', timestamp: now().toISOString(), data }
  const unsigned = `v1a,${Buffer.alloc(64).toString('base64')} `.repeat(100)
  return {
    name: 'the webhook',
    method: 'POST',
    head: { path: '/webhooks/orders', headers: {} },
    body: event,
    parameters: [],
    request: ({ path, headers }, body = '') => {
      const signed = signWebhook(pair.privateKey, `evt_${++count}`, now(), body)
      const init = { method: 'POST', headers: { ...signed.headers, ...headers }, body: signed.body }
      return new Request(`http://localhost${path}`, init)
    },
    send: async (request) => app.request(request),
    besides: [['signatures of somebody else', { 'webhook-signature': unsigned }]],
  }
}
