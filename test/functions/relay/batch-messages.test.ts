import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchMessages } from '../../../functions/relay/relay.ts'
import { cases } from '../../support/long.ts'

const messagesOf = (bodies: string[]) => bodies.map((body) => ({ record: {}, body }))
const sizesOf = (bodies: string[]) => batchMessages(messagesOf(bodies)).map(({ length }) => length)
const kiB = (count: number) => 'x'.repeat(count * 1024)

test.each([
  ['no messages make no batch', [], []],
  ['a batch has ten messages at most', Array<string>(23).fill('{}'), [10, 10, 3]],
  ['a batch has 256 KiB at most', [kiB(100), kiB(100), kiB(56), 'x'], [3, 1]],
  ['and not a byte more', [kiB(100), kiB(100), `${kiB(56)}x`], [2, 1]],
  ['bytes count, not characters', [kiB(100).replaceAll('x', '€'), kiB(100)], [1, 1]],
  ['a message that is too large goes alone', ['{}', kiB(300), '{}', '{}'], [1, 1, 2]],
])('%s', (_name, bodies, sizes) => {
  expect(sizesOf(bodies)).toEqual(sizes)
})

test('all messages are in the batches, in their order', () => {
  const body = fc.oneof(
    fc.string(),
    fc.nat(300_000).map((length) => 'x'.repeat(length)),
  )
  fc.assert(
    fc.property(fc.array(body, { maxLength: 40 }), (bodies) => {
      const messages = messagesOf(bodies)
      expect(batchMessages(messages).flat()).toEqual(messages)
    }),
    cases(50),
  )
})
