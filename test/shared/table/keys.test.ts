import { expect, test } from 'vitest'
import * as table from '../../../shared/table/keys.ts'

const { keys, keyText, parseDeliveryKey } = table

test('everything of a customer is under keys that begin with it, and nothing else is', () => {
  const c = 'BGE000001'
  const own = [
    keys.customer(c),
    keys.admins(c),
    keys.email(c, 'a@b.example'),
    keys.projectName(c, 'web'),
    keys.project(c, 'main'),
    keys.server(c, 'vm1'),
    keys.user(c, 'usr_1'),
    keys.grant(c, 'usr_1', 'project', 'main'),
    keys.event(c, '01'),
    keys.revocation(c, 'server', 'vm1', 'a@b.example'),
  ]
  for (const { pk } of own) expect(pk === `C#${c}` || pk.startsWith(`C#${c}#`)).toBe(true)
  const texts = own.map(keyText)
  expect(new Set(texts).size).toBe(texts.length)
  expect([keys.login('hash', c), keys.delivery('orders', c)].map(({ pk }) => pk.startsWith('C#'))).toEqual([
    false,
    false,
  ])
})

test('a delivery is read back from its key, and from no other', () => {
  expect(parseDeliveryKey(keys.delivery('orders', 'evt_1-A'))).toEqual({ source: 'orders', id: 'evt_1-A' })
  for (const key of [keys.customer('BGE000001'), { pk: 'D#orders', sk: 'DELIVERY' }, { pk: 'D##x', sk: '' }])
    expect(parseDeliveryKey(key)).toBeUndefined()
})
