import { expect, test } from 'vitest'
import { quote } from '../../../shared/mail/quote.ts'

test.each(['Bridge Ltd', 'Bridge Ltd.', 'Studio 54, 1&1 (2026)', 'Brücke 🦊 & Söhne', 'شرکت نمونه'])(
  'a name stays as it is: %s',
  (text) => {
    expect(quote(text)).toBe(`> ${text}`)
  },
)

test.each([
  ['https://evil.example/win?x=1', 'https[:]//evil[.]example/win?x=1'],
  ['HTTP://evil.example', 'HTTP[:]//evil[.]example'],
  ['http://3627734734/', 'http[:]//362[-]773[-]473[-]4/'],
  ['http://[2001:db8::1]/', 'http[:]//[2001[:]db8[:]:1]/'],
  ['www.evil.example', 'www[.]evil[.]example'],
  ['evil.example', 'evil[.]example'],
  ['evil.example.', 'evil[.]example.'],
  ['click evil.example!', 'click evil[.]example!'],
  ['127.0.0.1', '127[-]0[-]0[-]1'],
  ['x@evil.example', 'x[at]evil[.]example'],
  ['mailto:x', 'mailto[:]x'],
  ['tel:112', 'tel[:]112'],
  ['javascript:alert', 'javascript[:]alert'],
  [String.raw`\\evil\share`, String.raw`[\]\evil\share`],
  ['+49 (900) 123-4567', '49[-]900[-]123[-]456[-]7'],
  ['0900/1234567', '090[-]0[-]123[-]456[-]7'],
  ['555-1234', '555[-]123[-]4'],
])('text that programs turn into a link leads nowhere: %s', (text, quoted) => {
  expect(quote(text)).not.toMatch(/:\/\/|[\w-][.][\w-]|@|\d[\d ()/.-]{4,}\d/)
  expect(quote(text)).toBe(`> ${quoted}`)
})

test.each([
  ['ｅｖｉｌ．ｅｘａｍｐｌｅ', 'evil[.]example'],
  ['evil。example', 'evil[.]example'],
  ['evil｡example', 'evil[.]example'],
  ['evil․example', 'evil[.]example'],
  ['x＠evil﹒example', 'x[at]evil[.]example'],
  ['https：／／evil', 'https[:]//evil'],
  ['evil.\u200bexample', 'evil[.]example'],
  ['evil\u2060.\ufeffexample', 'evil[.]example'],
  ['h\u00adttps:/\u200d/evil', 'https[:]//evil'],
  ['٠٩٠٠١٢٣٤٥٦٧', '٠٩٠[-]٠١٢[-]٣٤٥[-]٦٧'],
  ['𝟎𝟗𝟎𝟎𝟏𝟐𝟑𝟒𝟓', '090[-]012[-]345'],
])('in any spelling: %j', (text, quoted) => {
  expect(quote(text)).toBe(`> ${quoted}`)
})

const breaks = ['a\r\nBcc: x', 'a\u2028b\u2029c', 'a\u0085b\u0000c']
test.each([...breaks, '\u202eab\u2066c\u2069', 'a\ufe0fb\u3164c', 'a\u{e0041}b'])(
  'it is one line without anything invisible: %j',
  (text) => {
    const quoted = quote(text)
    expect(quoted).not.toMatch(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u)
    expect(quoted.split('\n')).toHaveLength(1)
  },
)

test('it is short, also after normalisation', () => {
  expect(quote('x'.repeat(121))).toBe(`> ${'x'.repeat(120)} …`)
  expect(quote('\ufdfa'.repeat(200)).length).toBeLessThan(3_000)
  const started = performance.now()
  for (const one of ['1 ', '(+', '1-', '.', '\u0300\u0315', ': ']) quote(one.repeat(100_000))
  expect(performance.now() - started).toBeLessThan(200)
})

test('text without visible characters is an empty quotation', () => {
  expect(quote('\u200b')).toBe('> ')
})
