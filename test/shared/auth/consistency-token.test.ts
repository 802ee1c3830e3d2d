import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createConsistencyTokens, hasSeen } from '../../../shared/auth/consistency-token.ts'
import { cases } from '../../support/long.ts'

const tokens = createConsistencyTokens('a secret of the tokens, random')
const at = new Date('2026-11-28T12:00:00.123Z')
const item = (name: string, version: number) => ({
  pk: 'C#BGE000081#U#usr_1',
  sk: `GRANT#project#${name}`,
  version,
})
const sealed = tokens.seal('BGE000081', at, [item('a', 1), item('b', 7)])

describe('a consistency token', () => {
  it('is opened for its customer, with the time and the items', () => {
    const state = tokens.open('BGE000081', sealed)
    expect(state?.at).toBe(at.getTime())
    expect(state?.items.map(({ version }) => version)).toEqual([1, 7])
  })

  it('is short, url-safe, and as long whatever has changed', () => {
    const many = Array.from({ length: 50 }, (_, place) => item(`p${place}`, 4_000_000_000))
    for (const token of [sealed, tokens.seal('B', at, []), tokens.seal('C'.repeat(32), at, many)])
      expect(token).toMatch(/^[A-Za-z0-9_-]{302}$/)
    expect(tokens.open('C', tokens.seal('C', at, many))?.items).toHaveLength(16)
  })

  it('says nothing of the customer or the change to who has no key', () => {
    const bytes = Buffer.from(sealed, 'base64url').toString('latin1')
    expect(`${sealed} ${bytes}`).not.toMatch(/BGE|usr_|GRANT/)
    const zeros = tokens.seal('BGE000081', at, [])
    expect(Buffer.from(zeros, 'base64url').includes(Buffer.alloc(8))).toBe(false)
  })

  it.each([
    ['of another customer', 'BGE000082', sealed],
    [
      'of another secret',
      'BGE000081',
      createConsistencyTokens('another secret, random too').seal('BGE000081', at, []),
    ],
    ['that is cut', 'BGE000081', sealed.slice(0, -1)],
    ['that is longer', 'BGE000081', `${sealed}A`],
    ['with other characters', 'BGE000081', `${'*'.repeat(4)}${sealed.slice(4)}`],
    ['that is empty', 'BGE000081', ''],
  ])('%s opens nothing', (_name, customerId, token) => {
    expect(tokens.open(customerId, token)).toBeUndefined()
  })

  it('opens nothing once any of its bits is flipped', () => {
    const bytes = Buffer.from(sealed, 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(tokens.open('BGE000081', flipped.toString('base64url'))).toBeUndefined()
    }
  })

  it('needs a secret', () => {
    expect(() => createConsistencyTokens('short')).toThrow('at least 16')
  })
})

describe('reads have seen a state', () => {
  const state = (...written: ReturnType<typeof item>[]) => {
    const opened = tokens.open('A', tokens.seal('A', at, written))
    if (!opened) throw new Error('it is its own')
    return opened
  }
  const seen = (items: ReturnType<typeof item>[]) =>
    new Map(items.map(({ pk, sk, version }) => [`${pk}|${sk}`, version]))

  it.each([
    ['with the very version', [item('a', 3)], seen([item('a', 3)]), true],
    ['with a newer one', [item('a', 3)], seen([item('a', 4)]), true],
    ['not with an older one', [item('a', 3)], seen([item('a', 2)]), false],
    ['not where it is missing', [item('a', 3)], seen([item('a', 0)]), false],
    ['where it was not asked for', [item('a', 3)], seen([item('b', 1)]), true],
    ['where what is gone is gone', [item('a', 0)], seen([item('a', 0)]), true],
    ['not where what is gone is still there', [item('a', 0)], seen([item('a', 9)]), false],
    ['not with one of two', [item('a', 1), item('b', 2)], seen([item('a', 1), item('b', 1)]), false],
    ['that names nothing', [], seen([]), true],
  ])('%s', (_name, written, read, expected) => {
    expect(hasSeen(read, state(...written))).toBe(expected)
  })

  it('whatever the items: those of the state itself, and no older one', () => {
    const items = fc.uniqueArray(
      fc.record({ name: fc.string({ minLength: 1 }), version: fc.integer({ min: 1, max: 1e9 }) }),
      {
        selector: ({ name }) => name,
        minLength: 1,
        maxLength: 16,
      },
    )
    fc.assert(
      fc.property(items, fc.nat(), (list, chosen) => {
        const written = list.map(({ name, version }) => item(name, version))
        const older = written.map((each, place) =>
          place === chosen % written.length ? { ...each, version: each.version - 1 } : each,
        )
        return hasSeen(seen(written), state(...written)) && !hasSeen(seen(older), state(...written))
      }),
      cases(200),
    )
  })
})
