import { bodyLimit } from '../../../shared/http/request/body-limit.ts'

/** Content that somebody may send, by what it is. */
export type Hostile<T> = [name: string, content: T]

/** As many units as there is room for beside `taken` bytes. */
const many = (unit: string, taken = 200) =>
  unit.repeat(Math.floor((bodyLimit - taken) / Buffer.byteLength(unit)))
const numbered = (unit: (number: number) => string) => {
  const parts: string[] = []
  for (let size = 200, number = 0; size < bodyLimit; number++) {
    const part = unit(number)
    size += Buffer.byteLength(part)
    if (size < bodyLimit) parts.push(part)
  }
  return parts.join('')
}

/** Texts that are long in some way, within so many bytes. */
export const longTexts = (bytes: number): Hostile<string>[] =>
  Object.entries({
    'combining marks': '\u0300\u0315',
    'combining marks of one class': '\u0315',
    'decomposed letters': 'e\u0301',
    Hangul: '\u1100\u1161\u11a8',
    letters: 'a',
    capitals: '\u0130',
    blanks: ' ',
    'zero width spaces': '\u200b',
    joiners: '\u0628\u200c',
    emoji: '\u{1f469}\u200d',
    'labels of a host name': 'a-.',
    'addresses at addresses': 'a@',
    'labels that are not ASCII': 'ü.',
    ideographs: '\u4e00\u9fa5\u3042',
    digits: '9',
  }).map(([name, unit]) => [name, `a${unit.repeat(Math.floor((bytes - 1) / Buffer.byteLength(unit)))}`])

/** Whole bodies, whatever the route takes. */
function* anyBodies(): Generator<Hostile<string>> {
  yield ['lists in lists', many('[')]
  yield ['lists in lists, closed', `${'['.repeat(130_000)}${']'.repeat(130_000)}`]
  yield ['objects in objects', many('{"a":')]
  yield ['numbers', `[${many('0,')}0]`]
  yield ['objects', `[${many('{},')}{}]`]
  yield ['different fields', `{${numbered((number) => `"${number.toString(36)}":0,`)}"~":0}`]
  yield ['different numbers as fields', `{${numbered((number) => `"${number}":0,`)}"~":0}`]
  yield ['escaped fields', `{${numbered((number) => `"\\u0061${number.toString(36)}":0,`)}"~":0}`]
  yield ['one field', `{${many('"a":0,')}"b":0}`]
  yield ['a long field', `{"${many('k')}":0}`]
  yield ['a long field of marks', `{"${many('\u0300\u0315')}":0}`]
  yield ['escapes', `{"a":"${many('\\n')}"}`]
  yield ['a long number', `{"a":${many('9')}}`]
  yield ['white space', `{${many(' ')}}`]
  yield ['no JSON', many('x')]
  yield ['a text that has no end', `"${many('\\"')}`]
}

/** What can stand in place of a list. */
function* lists(): Generator<Hostile<string>> {
  yield ['objects', `[${many('{},', 2000)}{}]`]
  yield ['numbers', `[${many('0,', 2000)}0]`]
  yield [
    'different texts',
    `[${numbered((number) => `"t${number}",`)
      .slice(0, -2000)
      .replace(/[^,]*$/, '')}0]`,
  ]
  yield [
    'objects of many fields',
    `[${many(`{${'abcdefghij'.replaceAll(/./g, '"$&":0,')}"k":[{}]},`, 2000)}{}]`,
  ]
}

const mark = '@@here@@'

/** The body with each of its places, in turn, free for something else. */
function* withPlaces(
  body: unknown,
): Generator<[kind: 'text' | 'list' | 'object', place: string, body: string]> {
  const walk = function* (value: unknown, path: string[]): Generator<[string[], unknown]> {
    yield [path, value]
    if (typeof value !== 'object' || value === null) return
    for (const [name, inner] of Object.entries(value).slice(0, Array.isArray(value) ? 1 : 12))
      yield* walk(inner, [...path, name])
  }
  for (const [path, value] of walk(body, [])) {
    if (path.length === 0) continue
    const kind = Array.isArray(value) ? 'list' : typeof value === 'object' ? 'object' : 'text'
    const copy: unknown = structuredClone(body)
    let parent = copy as Record<string, unknown>
    for (const name of path.slice(0, -1)) parent = parent[name] as Record<string, unknown>
    parent[path.at(-1) ?? ''] = mark
    yield [kind, path.join('/'), JSON.stringify(copy)]
  }
}

/** Everything to send instead of a body that fits. */
export function* hostileBodies(body: unknown): Generator<Hostile<string>> {
  yield* anyBodies()
  for (const [kind, place, text] of withPlaces(body)) {
    const fill = (content: string) => text.replace(`"${mark}"`, () => content)
    const room = bodyLimit - Buffer.byteLength(text) - 100
    if (kind === 'text') {
      for (const [name, long] of longTexts(room)) yield [`${place} of ${name}`, fill(JSON.stringify(long))]
    }
    if (kind === 'list') for (const [name, list] of lists()) yield [`${place} of ${name}`, fill(list)]
    if (kind !== 'text') continue
    yield [`${place} as a list of objects`, fill(`[${'{},'.repeat(room / 3 - 10)}{}]`)]
  }
}
