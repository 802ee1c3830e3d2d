import type { Random } from '../../../support/random.ts'
import { hostileTexts } from './hostile-texts.ts'

type Json = Record<string, unknown>
type Make = (body: Json, random: Random) => string | Buffer

const limit = 256 * 1024
const told = (body: Json) => JSON.stringify(body)
/** As text, with other text in the place of one of its values, however deep. */
function insteadOfOne(body: Json, random: Random, text: string): string {
  const places = [...exchanges(body, (value) => value)]
  if (places.length === 0) return `{"name":${text}}`
  const marked = JSON.stringify(random.pick(places)(tombstone))
  return marked.replace(JSON.stringify(tombstone), () => text)
}

const tombstone = 'instead of this'
type Exchange = (value: unknown) => unknown

function* exchanges(whole: unknown, rebuild: Exchange): Generator<Exchange> {
  for (const [name, inner] of Object.entries(typeof whole === 'string' ? {} : Object(whole))) {
    const exchange: Exchange = (value) =>
      rebuild(Array.isArray(whole) ? whole.with(Number(name), value) : { ...Object(whole), [name]: value })
    yield exchange
    yield* exchanges(inner, exchange)
  }
}

const withHostileText: Make = (body, random) =>
  insteadOfOne(body, random, JSON.stringify(random.pick(hostileTexts)))
const withField = (body: Json, field: string) =>
  `{${field}${told(body) === '{}' ? '' : ','}${told(body).slice(1)}`
const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth)
const padded = (body: Json, size: number) => told(body).padEnd(size, ' ')
/** Values, each in the place of one field's. */
const values: Record<string, string> = {
  NUL: '"a\\u0000b"',
  'a raw NUL': '"a\u0000b"',
  'a raw line break': '"a\nb"',
  'a lone high surrogate': '"\\ud800"',
  'a lone low surrogate': '"\\uDC00x"',
  'surrogates the wrong way round': '"\\udc00\\ud800"',
  '1e400': '1e400',
  '-1e400': '-1e400',
  'many digits': '9'.repeat(10_000),
  'minus zero': '-0',
  NaN: 'NaN',
  Infinity: 'Infinity',
  'a leading zero': '01',
  'a hexadecimal': '0x10',
  null: 'null',
  'a list of lists': '[[[[]]]]',
  'an object with __proto__': '{"__proto__":{"polluted":true}}',
  'an object with constructor': '{"constructor":{"prototype":{"polluted":true}}}',
  'an object with toString': '{"toString":null,"valueOf":null,"length":1e9}',
  'a list of 50,000': `[${'1,'.repeat(49_999)}1]`,
  'a bad escape': '"\\x41"',
  'half an escape': '"\\u12"',
  'a comment': '1/**/',
}

const whole: Record<string, Make> = {
  nothing: () => '',
  'a space': () => ' ',
  null: () => 'null',
  true: () => 'true',
  'a text': () => '"text"',
  'a number': () => '1e400',
  'an empty list': () => '[]',
  'it in a list': (body) => `[${told(body)}]`,
  'an empty object': () => '{}',
  'a field __proto__': (body) => withField(body, '"__proto__":{"polluted":true}'),
  'a field __proto__, escaped': (body) => withField(body, '"\\u005f_proto__":{"polluted":true}'),
  'a field constructor': (body) => withField(body, '"constructor":{"prototype":{"polluted":true}}'),
  'a name that is a lone surrogate': (body) => withField(body, '"\\ud800":1'),
  'a name that is NUL': (body) => withField(body, '"\\u0000":1'),
  'an empty name': (body) => withField(body, '"":1'),
  'a field twice': (body) => withField(body, told(body).slice(1, -1) || '"a":1,"a":2'),
  'a field twice, escaped': (body) => withField(body, '"\\u006eame":"x","name":"y"'),
  'depth 10,000': () => nested('[', ']', 10_000),
  'depth 10,000 of objects': () => `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
  'depth 100,000': () => '['.repeat(100_000),
  'depth 10,000 in a field': (body, random) => insteadOfOne(body, random, nested('[', ']', 10_000)),
  'depth 32 in a field': (body, random) => insteadOfOne(body, random, nested('[', ']', 31)),
  '300 KiB in a field': (body, random) => insteadOfOne(body, random, `"${'x'.repeat(300 * 1024)}"`),
  '300 KiB of spaces': (body) => padded(body, 300 * 1024),
  'as much as may be': (body) => padded(body, limit),
  'a byte more than may be': (body) => padded(body, limit + 1),
  '20,000 fields': (body) =>
    withField(body, Array.from({ length: 20_000 }, (_, place) => `"f${place}":1`).join()),
  'a comma at the end': (body) => told(body).replace(/}$/, ',}'),
  'single quotes': (body) => told(body).replaceAll('"', "'"),
  'two of them': (body) => told(body).repeat(2),
  'half of it': (body) => told(body).slice(0, Math.ceil(told(body).length / 2)),
  'a byte order mark': (body) => `\ufeff${told(body)}`,
  'UTF-16': (body) => Buffer.from(told(body), 'utf16le'),
  'bad UTF-8': (body) =>
    Buffer.concat([Buffer.from('{"name":"'), Buffer.of(0xff, 0xc0, 0xaf), Buffer.from(told(body))]),
  'a surrogate in UTF-8': () =>
    Buffer.concat([Buffer.from('{"name":"'), Buffer.of(0xed, 0xa0, 0x80), Buffer.from('"}')]),
  'bytes at random': (_body, random) => Buffer.from(Array.from({ length: 200 }, () => random.below(256))),
  'a form': () => 'name=x&email=y',
}

/** Ways to spoil a body, by what is wrong with the outcome. */
export const hostileBodies: readonly (readonly [what: string, make: Make])[] = [
  ...Object.entries(whole),
  ...Object.entries(values).map(([what, value]): [string, Make] => {
    return [`${what} in a field`, (body, random) => insteadOfOne(body, random, value)]
  }),
  ['a hostile text in a field', withHostileText],
  ['another one', withHostileText],
  ['a third one', withHostileText],
]
