import type { Random } from '../../../support/random.ts'
import { misfitsAt, resolved, type Schema, schemaAt } from './document.ts'
import { fitsText } from './fitting.ts'
import { hostileTexts } from './hostile-texts.ts'

/** A value with one thing wrong, by the keyword of the schema that it breaks. */
type Misfit = { keyword: string; at: string; value: unknown }

/** One of the ways in which what fits could just not: each keyword is as likely as any other. */
export function pickMisfit(random: Random, pointer: string, fitting: unknown): Misfit | undefined {
  const all = [...misfitsOf(schemaAt(pointer), fitting, (value) => value, '')]
  const byKeyword = Object.values(Object.groupBy(all, ({ keyword }) => keyword))
  for (const group of random.shuffled(byKeyword)) {
    const misfit = random.pick(group ?? [])
    // Not every way is one for every schema.
    if (misfitsAt(pointer, misfit.value).length > 0) return misfit
  }
  return undefined
}

type Rebuild = (value: unknown) => unknown

function* misfitsOf(given: Schema, value: unknown, rebuild: Rebuild, at: string): Generator<Misfit> {
  const schema = resolved(given)
  const one = (keyword: string, wrong: unknown): Misfit => ({ keyword, at, value: rebuild(wrong) })
  for (const wrong of [null, true, 7, -0.5, 'text', [], [value], {}, { value }]) yield one('type', wrong)
  if (typeof value === 'string') yield* wrongTexts(schema, value, one)
  if (typeof value === 'boolean') yield* ['true', 0, 'yes'].map((wrong) => one('type', wrong))
  if (Array.isArray(value)) yield* misfitsOfList(schema, value, rebuild, at)
  else if (typeof value === 'object' && value !== null) yield* misfitsOfObject(schema, value, rebuild, at)
}

function* wrongTexts(schema: Schema, value: string, one: (keyword: string, wrong: unknown) => Misfit) {
  if (schema.enum) yield* [`${value} `, value.toUpperCase(), '', 'other'].map((wrong) => one('enum', wrong))
  if (schema.minLength) yield* ['', ' ', '\u00a0\t'].map((wrong) => one('minLength', wrong))
  if (schema.maxLength) yield one('maxLength', 'é'.repeat(schema.maxLength + 1))
  if (schema.pattern) {
    const wrong = hostileTexts.filter((text) => !fitsText(schema, tidied(text)))
    yield* wrong.map((text) => one('pattern', text))
  }
  const wrongOfFormat = schema.format ? (formats[schema.format] ?? []) : []
  yield* wrongOfFormat.map((wrong) => one('format', wrong))
}

/** The service does so first, which the document can't tell. */
const tidied = (text: string) => text.trim().normalize('NFC').toLowerCase()

const formats: Record<string, string[]> = {
  'idn-email': ['', 'nobody', '@', 'a@', '@a.example', 'a b.example'],
  'date-time': ['', 'tomorrow', '2027-02-30T00:00:00Z', '2027-01-01', '2027-01-01T25:00:00Z', '1e400'],
}

function* misfitsOfList(schema: Schema, list: unknown[], rebuild: Rebuild, at: string): Generator<Misfit> {
  const { uniqueItems, maxItems, items = {} } = schema
  if (uniqueItems) yield { keyword: 'uniqueItems', at, value: rebuild([...list, list[0]]) }
  if (maxItems !== undefined) {
    const tooMany = Array.from({ length: maxItems + 1 }, (_, place) => `id-${place}`)
    yield { keyword: 'maxItems', at, value: rebuild(tooMany) }
  }
  for (const [place, item] of list.entries()) {
    yield* misfitsOf(items, item, (wrong) => rebuild(list.with(place, wrong)), `${at}/${place}`)
  }
}

const names = ['other', '__proto__', 'constructor', 'toString', 'then', '', 'a/b~c', 'x'.repeat(5000)]
const strange = [...names, 'ключ', '\u0000']

function* misfitsOfObject(schema: Schema, value: object, rebuild: Rebuild, at: string): Generator<Misfit> {
  const fields = Object.entries(value)
  const { required = [], properties = {}, additionalProperties, minProperties } = schema
  const rebuilt = (entries: [string, unknown][]) => rebuild(Object.fromEntries(entries))
  for (const name of required) {
    yield { keyword: 'required', at, value: rebuilt(fields.filter(([field]) => field !== name)) }
  }
  if (additionalProperties === false) {
    for (const name of strange) {
      yield { keyword: 'additionalProperties', at, value: rebuilt([...fields, [name, 1]]) }
    }
  }
  if (minProperties) yield { keyword: 'minProperties', at, value: rebuild({}) }
  for (const [name, field] of fields) {
    const exchange: Rebuild = (wrong) =>
      rebuilt(fields.map(([each, old]) => [each, each === name ? wrong : old]))
    yield* misfitsOf(properties[name] ?? {}, field, exchange, `${at}/${name}`)
  }
}
