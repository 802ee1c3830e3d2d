import * as v from 'valibot'
import { describe, expect, it, test } from 'vitest'
import { Contact } from '../../../../shared/domain/entities/contact.ts'
import { ProjectName } from '../../../../shared/domain/entities/project.ts'
import {
  Description,
  Hostname,
  Organisation,
  PersonName,
  Reason,
} from '../../../../shared/domain/text/text.ts'

const says = (schema: v.GenericSchema, input: unknown) =>
  v.safeParse(schema, input, { abortPipeEarly: true }).issues?.map(({ message }) => message)
const leftOut = (hiddenCode: string) => [
  `must not contain ${hiddenCode}, an invisible or control character: leave it out`,
]

const names = { PersonName, Organisation, ProjectName }
const texts = { ...names, Reason, Description }
const hidden = [
  0x00, 0x07, 0x7f, 0x85, 0xad, 0x34f, 0x61c, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180b, 0x180e, 0x200b, 0x200c,
  0x200d, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e, 0x2060, 0x2064, 0x2066, 0x2069, 0x206f, 0x2800,
  0x3164, 0xfe00, 0xfe0f, 0xfeff, 0xffa0, 0xfff9, 0xfffb, 0x1bca0, 0x1d173, 0xe0001, 0xe0041, 0xe0100,
]
const code = (point: number) => `U+${point.toString(16).toUpperCase().padStart(4, '0')}`

describe.each(Object.entries(texts))('%s', (_name, schema) => {
  it.each(hidden.map(code))('has no hidden %s, and says so', (name) => {
    const point = Number.parseInt(name.slice(2), 16)
    const character = String.fromCodePoint(point)
    // In the middle: white space at an end is trimmed.
    const ends = point === 0xfeff ? [`${character}a`, `a${character}`] : []
    for (const text of [`a ${character} b`, `1${character}${character}2`, ...ends])
      expect(says(schema, text)).toEqual(leftOut(name))
  })

  it('has nothing that is no character', () => {
    for (const point of [0xe000, 0xfdd0, 0xffff, 0x378, 0x10fffd])
      expect(says(schema, `a${String.fromCodePoint(point)}`)).toEqual([
        `must not contain ${code(point)}, which is no character of Unicode: leave it out`,
      ])
  })
})

const persian = 'می\u200cخواهم'
const hindi = 'क्\u200dष'
const bengali = 'র\u200d্যাব'

describe('U+200C and U+200D', () => {
  it.each([persian, hindi, bengali])('may join letters in names of people and organisations: %s', (text) => {
    for (const schema of [PersonName, Organisation, Reason, Description])
      expect(v.parse(schema, ` ${text} `)).toBe(text)
    const address = { street: text, city: text, region: text, postalCode: '1', country: 'IR' }
    expect(v.is(Contact, { name: text, address })).toBe(true)
    expect(says(ProjectName, text)).toEqual(leftOut(text.includes('\u200c') ? 'U+200C' : 'U+200D'))
  })

  it.each(['\u200cخ', 'خ\u200c', 'خ \u200cخ', 'خ\u200c\u200cخ', '1\u200d2', 'خ\u200d1'])(
    'are nowhere else: %j',
    (text) => {
      for (const schema of [PersonName, Organisation, Reason]) expect(says(schema, text)).toHaveLength(1)
    },
  )
})

test('an emoji may be of several characters in free text, and in no name', () => {
  for (const emoji of ['\u2764\ufe0f', '\u{1f469}\u200d\u{1f4bb}', '\u{1f468}\u{1f3fd}\u200d\u2696\ufe0f']) {
    for (const schema of [Reason, Description]) expect(v.parse(schema, emoji)).toBe(emoji)
    for (const schema of Object.values(names)) expect(says(schema, emoji)).toHaveLength(1)
  }
  expect(v.is(PersonName, '\u{1f309}')).toBe(true)
  expect(v.is(Reason, 'a\ufe0f')).toBe(false)
})

describe('how long a text is', () => {
  const marks = '\u0300\u0315'
  it('comes before checks that take longer for longer texts', () => {
    for (const [schema, most] of [
      [PersonName, 200],
      [ProjectName, 62],
      [Reason, 500],
    ] as const) {
      const start = performance.now()
      for (const text of [`a${marks.repeat(60_000)}`, ' '.repeat(250_000), '\u200b'.repeat(250_000)])
        expect(says(schema, text)).toEqual([`must be at most ${most} characters long`])
      expect(performance.now() - start).toBeLessThan(1000)
    }
  })

  it('is its text in NFC', () => {
    expect(v.parse(PersonName, 'e\u0301'.repeat(200))).toBe('é'.repeat(200))
    expect(v.is(PersonName, 'é'.repeat(201))).toBe(false)
  })

  it('may be six times as much before, and never has to be more', () => {
    const longer: string[] = []
    for (let point = 0; point <= 0x10ffff; point++) {
      const character = String.fromCodePoint(point)
      const parts = character.normalize('NFD')
      if (parts.length > 6 && parts.normalize('NFC') === character) longer.push(code(point))
    }
    expect(longer).toEqual([])
  })

  it('has at most thirty combining marks in a row', () => {
    expect(v.is(PersonName, `a${marks.repeat(15)}`)).toBe(true)
    expect(says(PersonName, `a${marks.repeat(15)}\u0300`)).toEqual([
      'must not have more than 30 combining marks in a row',
    ])
  })
})

const label = 'a'.repeat(63)
const longest = `${label}.${label}.${label}.${'a'.repeat(61)}`

describe('a host name', () => {
  it.each(['WEB-1.Example', '3com.example', '1.2.3.example', 'a', 'x--y', label, longest, 'xn--bcher-kva'])(
    'is %s',
    (name) => {
      expect(v.parse(Hostname, name)).toBe(name.toLowerCase())
    },
  )

  it.each(
    [
      ['', 'web-', '-web', 'a.web-', 'a.-web.example', 'web-.example', 'web.', '.web', 'a..b', 'web_1'],
      ['web 1', 'we\u200bb', 'bücher', '127.0.0.1', 'web.1', '1', 'web\n'],
      [`a${label}`, `a${longest}`, 'a.'.repeat(125_000)],
      // The Kelvin sign lower-cases into k.
      '\u212a',
    ].flat(),
  )('is not %j', (name) => {
    expect(says(Hostname, name)).toEqual([
      'must be a host name: labels of letters, digits and inner hyphens, with dots between them',
    ])
  })
})
