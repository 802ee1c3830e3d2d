import { expect, test } from 'vitest'
import * as table from '../../../shared/table/keys.ts'

const { keys, keyText, parseDeliveryKey } = table

/** Builders of items that belong to no customer alone. */
const shared = ['login', 'delivery', 'idempotency', 'fullSync', 'mailbox']

/** One key of each builder; whatever its parameters mean, they differ. */
function keyOf(name: string, builder: unknown): table.Key {
  if (typeof builder !== 'function') return builder as table.Key
  const third = name === 'reviewItem' ? { userId: 'usr_1', kind: 'project', id: 'main' } : 'third'
  return Reflect.apply(builder, undefined, ['BGE000001', 'second', third, 'fourth'])
}

test.each(Object.entries(keys))(
  '%s makes keys that begin with the customer, unless shared',
  (name, builder) => {
    const { pk } = keyOf(name, builder)
    expect(pk).toMatch(shared.includes(name) ? /^(?!C#)/ : /^C#BGE000001(#|$)/)
  },
)

test('no two builders make the same key', () => {
  const texts = Object.entries(keys).map(([name, builder]) => keyText(keyOf(name, builder)))
  expect(texts.toSorted()).toEqual([...new Set(texts)].toSorted())
})

test('a delivery is read back from its key, and from no other', () => {
  expect(parseDeliveryKey(keys.delivery('orders', 'evt_1-A'))).toEqual({ source: 'orders', id: 'evt_1-A' })
  for (const key of [keys.customer('BGE000001'), { pk: 'D#orders', sk: 'DELIVERY' }, { pk: 'D##x', sk: '' }])
    expect(parseDeliveryKey(key)).toBeUndefined()
})
