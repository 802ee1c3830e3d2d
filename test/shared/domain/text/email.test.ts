import * as v from 'valibot'
import { expect, test } from 'vitest'
import { Email, parseEmail } from '../../../../shared/domain/text/email.ts'

const long = (length: number) =>
  `a@${'x'.repeat(60)}.${'y'.repeat(60)}.${'z'.repeat(60)}.${'w'.repeat(length)}.example`

test.each([
  ['ann@bge.example', 'ann@bge.example'],
  ['Ann.B@BGE.Example', 'ann.b@bge.example'],
  ["o'neil+tag_1-2{x}|~@bge.example", "o'neil+tag_1-2{x}|~@bge.example"],
  ['ann@bücher.example', 'ann@xn--bcher-kva.example'],
  ['ann@XN--BCHER-KVA.example', 'ann@xn--bcher-kva.example'],
  ['ann@b\u0075\u0308cher.example', 'ann@xn--bcher-kva.example'],
  ['ann@bge\u3002example', 'ann@bge.example'],
  ['ann@ｂｇｅ.example', 'ann@bge.example'],
  ['ann@1.2.3.example', 'ann@1.2.3.example'],
  [`${'a'.repeat(64)}@bge.example`, `${'a'.repeat(64)}@bge.example`],
  [long(47), long(47)],
])('%s is %s', (written, address) => {
  expect(parseEmail(written)).toBe(address)
})

test.each(
  [
    ['', 'ann', '@bge.example', 'ann@', 'ann@bge', 'ann@@bge.example', 'ann@bge.example@'],
    ['ann b@bge.example', ' ann@bge.example', 'ann@bge.example ', 'ann\u0000@bge.example', 'änn@bge.example'],
    // The Kelvin sign lower-cases into an ASCII k.
    '\u212aann@bge.example',
    ['ann,bob@bge.example', '"ann"@bge.example', '.ann@bge.example', 'ann.@bge.example'],
    ['a..b@bge.example', 'ann@bge..example', 'ann@.bge.example', 'ann@bge.example.'],
    ['ann@-bge.example', 'ann@bge-.example'],
    ['ann@b_e.example', 'ann@127.0.0.1', 'ann@[::1]', 'ann@0x7f.1', 'ann@bge.123', 'ann@xn--.example'],
    ['%2e', ':25', '/x', '\\x', '?x', '#x'].map((end) => `ann@bge.example${end}`),
    [`ann@${'x'.repeat(64)}.example`, `${'a'.repeat(65)}@bge.example`, long(48)],
    `a@${'x.'.repeat(5000)}example`,
    // Hidden characters, which IDNA would leave out.
    ['ann@b\u00adge.example', 'ann@b\u200bge.example', 'ann@bge.example\u2060', 'ann@\u202ebge.example'],
    `ann@bge${'\u0300\u0315'.repeat(16)}.example`,
  ].flat(),
)('%j is none', (written) => {
  expect(parseEmail(written)).toBeUndefined()
})

test('the longest address has 240 characters', () => {
  expect(long(47)).toHaveLength(240)
})

test('in a body it is taken in its stored form, or refused without being repeated', () => {
  expect(v.parse(Email, 'Ann@BGE.example')).toBe('ann@bge.example')
  for (const input of ['sesame', 7, null, ['ann@bge.example']]) {
    const { success, issues } = v.safeParse(Email, input)
    expect(success).toBe(false)
    expect(issues?.map(({ message }) => message).join()).not.toContain('sesame')
  }
})
