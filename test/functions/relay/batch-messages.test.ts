import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchMessages } from '../../../functions/relay/relay.ts'
import { cases } from '../../support/long.ts'

const messagesOf = (bodies: string[]) => bodies.map((body) => ({ record: {}, body }))
const sizesOf = (bodies: string[]) => batchMessages(messagesOf(bodies)).map(({ length }) => length)
const kiB = (count: number) => 'x'.repeat(count * 1024)

test('no messages make no batch', () => {
  expect(batchMessages([])).toEqual([])
})

test('a batch has ten messages at most', () => {
  expect(sizesOf(Array<string>(23).fill('{}'))).toEqual([10, 10, 3])
})

test('a batch has 256 KiB at most', () => {
  expect(sizesOf([kiB(100), kiB(100), kiB(56), 'x'])).toEqual([3, 1])
  expect(sizesOf([kiB(100), kiB(100), `${kiB(56)}x`])).toEqual([2, 1])
})

test('bytes count, not characters', () => {
  expect(sizesOf([kiB(100), kiB(100)])).toEqual([2])
  expect(sizesOf([kiB(100).replaceAll('x', '€'), kiB(100)])).toEqual([1, 1])
})

test('a message that is too large goes alone, and takes no other with it', () => {
  expect(sizesOf(['{}', kiB(300), '{}', '{}'])).toEqual([1, 1, 2])
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
