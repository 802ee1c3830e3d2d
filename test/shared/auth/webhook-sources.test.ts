import { expect, test } from 'vitest'
import { parseWebhookSecret } from '../../../shared/auth/webhook-sources.ts'

test('a source keeps what it has, and one that is no object has nothing', () => {
  const orders = { secrets: ['whsec_x', 7], types: ['user.created'], customers: 'ABC000001' }
  const secret = JSON.stringify({ orders, empty: null, number: 7, none: {} })
  expect(parseWebhookSecret(secret)).toEqual({ orders, empty: null, number: null, none: {} })
})

test.each(['', '{', 'null', '7', '"whsec_x"', '{"orders":{"secrets":["whsec_x'])(
  '%j is refused, without a part of it in the error',
  (secret) => {
    const parse = () => parseWebhookSecret(secret)
    expect(parse).toThrow(new Error('the secret is not a JSON object'))
  },
)
