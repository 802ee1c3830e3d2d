import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readJson } from '../../../../shared/http/request/json-body.ts'
import { parseJson } from '../../../../shared/http/request/strict-json.ts'

const parse = (text: string) => parseJson(Buffer.from(text))
const list = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
const object = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
const invalid = expect.objectContaining({ code: 'invalid-request' })

describe('JSON', () => {
  it('is parsed as JSON.parse would', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 10 }), fc.nat({ max: 3 }), (json, spaces) => {
        fc.pre(!json.includes('__proto__'))
        const text = JSON.stringify(JSON.parse(json), undefined, spaces)
        expect(parse(text)).toEqual(JSON.parse(text))
      }),
    )
  })

  it('may have structure in its texts and the same field in several objects', () => {
    const value = {
      a: '{"a":[[[,:"\\',
      '{"a"': { a: '\u2028"' },
      list: [{ a: 1 }, { a: 2, b: '\\' }],
      'x,y:z': ['a', 'a'],
    }
    expect(parse(JSON.stringify(value))).toEqual(value)
    expect(parse('{"a":"\\u0061","b":"a","c":["\\ud83d\\ude00","__proto__","\\u005f_proto__"]}')).toEqual({
      a: 'a',
      b: 'a',
      c: ['😀', '__proto__', '__proto__'],
    })
  })

  it.each(['1', '"a"', 'null', 'true', '[]', '{}', ' {"a" : 1 } \n'])('may be %s', (text) => {
    expect(parse(text)).toEqual(JSON.parse(text))
  })

  const syntax = ['', ' ', 'x', '{', '{"a":1,}', "{'a':1}", '{}{}', '[1 2]', 'NaN', '\u{feff}{}', '"', '"\\']
  const named = ['__proto__', '\\u005f_proto__', '_\\u005Fproto_\\u005f']
  const twice = [
    '{"a":1,"b":{},"a":2}',
    '{"a":1,"\\u0061":2}',
    '[{"x":[{"a":{"b":1},"a":1}]}]',
    '{"":1,"":2}',
  ]
  const surrogates = ['"\\ud800"', '{"a":"\\udc00\\ud800"}', '{"\\udfff":1}', '["x\\uD83Dx"]']
  it.each([
    ['malformed', [...syntax, '{"a":"\n"}']],
    ['with a field named __proto__', named.flatMap((name) => [`{"${name}":1}`, `[{"b":{"${name}":1}}]`])],
    ['with a field twice in one object', twice],
    ['with a lone surrogate', surrogates],
  ])('is refused %s', (_what, texts) => {
    for (const text of texts) expect(() => parse(text)).toThrow(invalid)
  })

  it('is rejected in anything but UTF-8', () => {
    for (const bytes of [
      [0x22, 0xff, 0x22],
      [0x22, 0xc0, 0xaf, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0x22, 0xe2, 0x82],
    ]) {
      expect(() => parseJson(Uint8Array.from(bytes))).toThrow(invalid)
    }
    expect(() => parseJson(Buffer.from('{}', 'utf16le'))).toThrow(invalid)
  })

  it('may be nested 32 levels deep and no deeper', () => {
    for (const nested of [list, object]) {
      expect(parse(nested(32))).toBeTypeOf('object')
      for (const depth of [33, 1000, 40_000]) expect(() => parse(nested(depth))).toThrow(invalid)
    }
    expect(parse(`[${Array.from({ length: 1000 }, () => list(31)).join()}]`)).toHaveLength(1000)
  })

  it('is not quoted in the error', () => {
    for (const text of ['ada@example.com', '{"ada@example.com":1,"ada@example.com":2}']) {
      expect(() => parse(text)).toThrow(/^(?!.*ada)/)
    }
  })

  it('is read in time that grows with its length only', () => {
    const hostile = [
      `"${'\\"'.repeat(130_000)}`,
      `"${'\\"'.repeat(130_000)}"`,
      '['.repeat(262_000),
      `{${Array.from({ length: 20_000 }, (_, index) => `"${index}":0`).join()}}`,
    ]
    const start = performance.now()
    for (const text of hostile) {
      try {
        parse(text)
      } catch {
        continue
      }
    }
    expect(performance.now() - start).toBeLessThan(2000)
  })
})

function read(type: string | undefined, body = '{"a":1}') {
  const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type }
  return readJson(new Request('http://localhost/', { method: 'POST', body, headers }))
}

describe('a JSON body', () => {
  it.each(['application/json', 'Application/JSON; charset=utf-8', 'application/json\t;\tcharset="utf-8" ; '])(
    'may be %s',
    async (type) => {
      expect(await read(type)).toEqual({ a: 1 })
    },
  )

  it.each([undefined, 'text/plain', 'application/merge-patch+json'])('is refused as %s', async (type) => {
    await expect(read(type)).rejects.toMatchObject({ code: 'unsupported-media-type' })
  })

  it('is limited and parsed strictly', async () => {
    const big = JSON.stringify('x'.repeat(256 * 1024))
    await expect(read('application/json', big)).rejects.toMatchObject({ code: 'too-large' })
    await expect(read('application/json', '{"a":1,"a":2}')).rejects.toMatchObject({ code: 'invalid-request' })
  })
})
