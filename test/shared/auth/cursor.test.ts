import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCursorCodec } from '../../../shared/auth/cursor.ts'
import { DomainError } from '../../../shared/domain/values/errors.ts'

const codec = createCursorCodec('a secret of the cursors, random')
const position = { pk: 'C#BGE000081', sk: 'EMAIL#ada@example.com' }
const cursor = codec.seal('BGE000081 users', position)

const rejection = new DomainError('invalid-request', 'The cursor is not one of this list.', [
  { pointer: 'cursor', detail: 'must be the nextCursor of a page of the same list' },
])
const openWith = (secret: string) => createCursorCodec(secret).open('BGE000081 users', cursor)
const expectRejection = (open: () => unknown) => expect(open).toThrow(rejection)

describe('a cursor', () => {
  it('opens to the position that was sealed', () => {
    fc.assert(
      fc.property(fc.string(), fc.dictionary(fc.string(), fc.string()), (binding, given) => {
        expect(codec.open(binding, codec.seal(binding, given))).toEqual({ ...given })
      }),
    )
  })

  it('can stand in a URL', () => {
    expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/)
    expect(encodeURIComponent(cursor)).toBe(cursor)
  })

  it('opens in another process with the same secret only', () => {
    expect(openWith('a secret of the cursors, random')).toEqual(position)
    expectRejection(() => openWith('another secret of the cursors'))
  })

  it('is rejected for another customer or query', () => {
    for (const binding of ['BGE000082 users', 'BGE000081 users?type=x', '', 'BGE000081 users:']) {
      expectRejection(() => codec.open(binding, cursor))
    }
  })

  it('is rejected if any character was changed, removed or added', () => {
    for (let at = 0; at < cursor.length; at++) {
      for (const character of ['A', 'B', '_']) {
        const changed = cursor.slice(0, at) + character + cursor.slice(at + 1)
        if (changed !== cursor) expectRejection(() => codec.open('BGE000081 users', changed))
      }
      expectRejection(() => codec.open('BGE000081 users', cursor.slice(0, at)))
      for (const garbage of [' ', '=', '%', 'A']) {
        expectRejection(() => codec.open('BGE000081 users', cursor.slice(0, at) + garbage + cursor.slice(at)))
      }
    }
    for (const garbage of ['=', ' ', '\n', 'A'])
      expectRejection(() => codec.open('BGE000081 users', cursor + garbage))
  })

  it('is rejected for any other text of any length', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        expectRejection(() => codec.open('b', text))
      }),
    )
    expectRejection(() => codec.open('b', 'A'.repeat(1_000_000)))
  })

  it('does not show the position', () => {
    const bytes = Buffer.from(cursor, 'base64url').toString('latin1')
    for (const told of ['ada@example.com', 'BGE000081', 'EMAIL', 'pk']) expect(bytes).not.toContain(told)
    expect(codec.seal('BGE000081 users', position)).toBe(cursor)
    expect(codec.seal('BGE000082 users', position).slice(-20)).not.toBe(cursor.slice(-20))
  })
})

it('a secret that can be guessed is rejected, and not in the error', () => {
  expect(() => createCursorCodec('short')).toThrow(/^the cursor secret must have at least 16 characters$/)
})
